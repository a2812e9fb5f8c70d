CREATE TABLE IF NOT EXISTS stg_customer (
    source varchar(64) NOT NULL COMMENT 'First half of the natural key',
    customer_code varchar(255) NOT NULL COMMENT 'The source''s id',
    country varchar(100) NULL COMMENT 'Country, English name',
    plan varchar(100) NULL COMMENT 'Current plan',
    registered_on date NULL COMMENT 'Sign-up day',
    known_on date NOT NULL COMMENT 'UTC day of the load that said so last'
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'Staging: one row per customer, as exported'
