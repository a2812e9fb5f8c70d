-- When customers were closed.
ALTER TABLE dim_customer
    ADD COLUMN ended_on date NULL COMMENT 'UTC day on which a full delivery no longer had any of its users; null otherwise'
