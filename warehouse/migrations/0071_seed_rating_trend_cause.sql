REPLACE INTO aggregate_cause (aggregate_name, cause)
VALUES ('rating_trend', 'title')
