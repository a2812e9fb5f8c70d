-- When customers were closed, on their way.
ALTER TABLE stg_customer
    ADD COLUMN ended_on date NULL COMMENT 'Day on which a full delivery no longer had any user of the customer'
