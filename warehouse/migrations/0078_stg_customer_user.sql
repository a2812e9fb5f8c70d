CREATE TABLE IF NOT EXISTS stg_customer_user (
    source varchar(64) NOT NULL COMMENT 'Source of the user',
    user_id varchar(255) NOT NULL COMMENT 'The source''s id of the user',
    customer_source varchar(64) NOT NULL COMMENT 'Source of the customer',
    customer_code varchar(255) NOT NULL COMMENT 'The source''s id of the customer'
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'Staging: one row per user, as exported'
