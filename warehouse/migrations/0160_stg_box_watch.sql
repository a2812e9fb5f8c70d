CREATE TABLE IF NOT EXISTS stg_box_watch (
    date_key int NOT NULL COMMENT 'dim_date.date_key of the operator''s business day',
    customer_key int NOT NULL COMMENT 'dim_customer.customer_key',
    application_key int NOT NULL COMMENT 'dim_application.application_key',
    watch_seconds bigint NOT NULL COMMENT 'Time on, seconds'
) ENGINE
= memory DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Staging, in memory: rows of fact_box_watch, in the order of its key'
