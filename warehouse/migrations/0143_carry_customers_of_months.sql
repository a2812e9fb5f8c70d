ALTER TABLE agg_customer_month
    ADD COLUMN customer_code varchar(255) NOT NULL DEFAULT '' COMMENT 'dim_customer.customer_code' AFTER device_count,
    ADD COLUMN country_key int NOT NULL DEFAULT 0 COMMENT 'dim_customer.country_key' AFTER customer_code,
    ADD COLUMN segment varchar(20) NOT NULL DEFAULT '' COMMENT 'dim_segment.segment' AFTER country_key
