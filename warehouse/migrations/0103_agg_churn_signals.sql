CREATE TABLE IF NOT EXISTS agg_churn_signals (
    date_key int NOT NULL COMMENT 'dim_date.date_key of the day as of which: the end of a month, or the last day with events',
    customer_key int NOT NULL COMMENT 'dim_customer.customer_key',
    last_play_date_key int NULL COMMENT 'dim_date.date_key of the last day with a play; null for none',
    last_valid_play_date_key int NULL COMMENT 'dim_date.date_key of the last day with a play of 30 seconds; null for none',
    days_since_last_play int NULL COMMENT 'Days from the last day with a play; null for none',
    watch_seconds_last_28 bigint NOT NULL COMMENT 'Playing time of the 28 days that end with the day, seconds',
    watch_seconds_prev_28 bigint NOT NULL COMMENT 'Playing time of the 28 days before these, seconds',
    active_days_last_28 int NOT NULL COMMENT 'Days of the 28 with playing time, distinct',
    rfm_r smallint NULL COMMENT 'Quintile of recency, 5 for the latest valid play; null before the first',
    rfm_f smallint NULL COMMENT 'Quintile of active_days_last_28, 5 for the most; null before the first valid play',
    rfm_m smallint NULL COMMENT 'Quintile of watch_seconds_last_28, 5 for the most; null before the first valid play',
    rfm_segment varchar(16) NULL COMMENT 'Segment by the quintiles; null before the first valid play',
    risk_band varchar(16) NOT NULL COMMENT 'no_activity, lapsed, declining, watch or steady',
    refreshed_at DATETIME NOT NULL COMMENT 'When the row was built, UTC',
    PRIMARY KEY (date_key, customer_key),
    KEY agg_churn_signals_customer (customer_key, date_key),
    KEY agg_churn_signals_risk_band (risk_band, date_key),
    KEY agg_churn_signals_rfm_segment (rfm_segment, date_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per customer and day as of which signals are kept, one day a month'
