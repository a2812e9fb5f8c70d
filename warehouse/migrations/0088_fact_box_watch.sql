CREATE TABLE IF NOT EXISTS fact_box_watch (
    date_key int NOT NULL COMMENT 'dim_date.date_key of the operator''s business day',
    customer_key int NOT NULL COMMENT 'dim_customer.customer_key; Unknown when the box names no contract',
    application_key int NOT NULL COMMENT 'dim_application.application_key',
    watch_seconds bigint NOT NULL COMMENT 'Time on, seconds; several boxes add up',
    PRIMARY KEY (date_key, customer_key, application_key),
    KEY fact_box_watch_application (application_key, date_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per day, customer and application of set-top boxes; from MongoDB'
