REPLACE INTO aggregate_definition (aggregate_name, refresh_order, slice, changed_by_category, changed_by_first_day)
VALUES
('churn_signals', 9, 'onward', 'No', 'No'),
('retention_cohort', 10, 'month', 'No', 'No')
