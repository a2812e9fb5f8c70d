CREATE TABLE IF NOT EXISTS agg_customer_month (
    month_key int NOT NULL COMMENT 'dim_date.date_key of the month''s first day',
    customer_key int NOT NULL COMMENT 'dim_customer.customer_key',
    child_seconds bigint NOT NULL COMMENT 'Playing time of category Child, seconds',
    movie_seconds bigint NOT NULL COMMENT 'Playing time of category Movie, seconds',
    relax_seconds bigint NOT NULL COMMENT 'Playing time of category Relax, seconds',
    sport_seconds bigint NOT NULL COMMENT 'Playing time of category Sport, seconds',
    tv_seconds bigint NOT NULL COMMENT 'Playing time of category TV, seconds',
    unknown_seconds bigint NOT NULL COMMENT 'Playing time of titles without a category, seconds',
    total_seconds bigint NOT NULL COMMENT 'Playing time, seconds',
    most_watched varchar(16) NULL COMMENT 'Category with most seconds, ties in the declared order; null for 0 seconds',
    taste varchar(64) NULL COMMENT 'Categories with seconds, joined in the declared order; null for 0 seconds',
    active_days int NOT NULL COMMENT 'Days of the month with playing time, distinct',
    days_in_period int NOT NULL COMMENT 'Days of the month',
    segment_key int NOT NULL COMMENT 'dim_segment.segment_key by active_days',
    device_count int NOT NULL COMMENT 'Kinds of device used, distinct, Unknown left out',
    refreshed_at DATETIME NOT NULL COMMENT 'When the row was built, UTC',
    PRIMARY KEY (month_key, customer_key),
    KEY agg_customer_month_customer (customer_key, month_key),
    KEY agg_customer_month_segment (segment_key, month_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per customer and calendar month with any record'
