REPLACE INTO dim_segment (segment_key, segment, from_active_days, to_active_days)
VALUES
(0, 'Unknown', NULL, NULL),
(1, 'Inactive', 0, 0),
(2, 'At Risk', 1, 6),
(3, 'Need Attention', 7, 13),
(4, 'Valuable', 14, 20),
(5, 'Loyal', 21, 31)
