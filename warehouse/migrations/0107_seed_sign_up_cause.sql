REPLACE INTO aggregate_cause (aggregate_name, cause)
VALUES
('churn_signals', 'sign-up'),
('retention_cohort', 'sign-up')
