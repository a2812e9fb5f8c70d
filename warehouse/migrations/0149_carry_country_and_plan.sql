ALTER TABLE dim_customer
    ADD COLUMN country varchar(100) NOT NULL DEFAULT 'Unknown' COMMENT 'dim_country.country',
    ADD COLUMN plan varchar(100) NOT NULL DEFAULT 'Unknown' COMMENT 'dim_plan.plan'
