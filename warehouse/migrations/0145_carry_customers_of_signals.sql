ALTER TABLE agg_churn_signals
    ADD COLUMN customer_code varchar(255) NOT NULL DEFAULT '' COMMENT 'dim_customer.customer_code' AFTER risk_band,
    ADD COLUMN country_key int NOT NULL DEFAULT 0 COMMENT 'dim_customer.country_key' AFTER customer_code,
    ADD COLUMN watch_hours_last_28 decimal(18, 4) GENERATED ALWAYS AS (
        cast(1.00000000 * watch_seconds_last_28 / 3600 AS decimal(18, 4))
    ) STORED COMMENT 'watch_seconds_last_28 as hours, which reports sum' AFTER country_key,
    ADD COLUMN watch_hours_prev_28 decimal(18, 4) GENERATED ALWAYS AS (
        cast(1.00000000 * watch_seconds_prev_28 / 3600 AS decimal(18, 4))
    ) STORED COMMENT 'watch_seconds_prev_28 as hours, which reports sum' AFTER watch_hours_last_28
