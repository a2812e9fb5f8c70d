ALTER TABLE agg_customer_month
    ADD COLUMN customer_code varchar(255) NOT NULL DEFAULT '' COMMENT 'dim_customer.customer_code',
    ADD COLUMN country_key int NOT NULL DEFAULT 0 COMMENT 'dim_customer.country_key',
    ADD COLUMN segment varchar(20) NOT NULL DEFAULT '' COMMENT 'dim_segment.segment'
