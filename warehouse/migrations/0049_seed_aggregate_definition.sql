REPLACE INTO aggregate_definition (aggregate_name, refresh_order, slice, changed_by_category, changed_by_first_day)
VALUES
('daily_statistics', 1, 'day', 'Yes', 'Yes'),
('content_performance', 2, 'day', 'No', 'No'),
('customer_month', 3, 'month', 'Yes', 'No')
