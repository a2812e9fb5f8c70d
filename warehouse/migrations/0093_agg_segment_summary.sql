CREATE TABLE IF NOT EXISTS agg_segment_summary (
    month_key int NOT NULL COMMENT 'dim_date.date_key of the month''s first day',
    segment_key int NOT NULL COMMENT 'dim_segment.segment_key',
    customers int NOT NULL COMMENT 'Customers, count',
    customers_of_month int NOT NULL COMMENT 'Customers of the whole month, what a share is taken of',
    total_seconds bigint NOT NULL COMMENT 'Playing time, seconds',
    PRIMARY KEY (month_key, segment_key),
    KEY agg_segment_summary_segment (segment_key, month_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per calendar month and segment; kept by refresh_customer_month'
