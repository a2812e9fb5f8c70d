REPLACE INTO slice_kind (slice, unit, later_days)
VALUES
('day', 'day', 0),
('month', 'month', 0),
('30 days', 'day', 29),
('onward', 'month', NULL)
