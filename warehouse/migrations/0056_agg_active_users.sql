CREATE TABLE IF NOT EXISTS agg_active_users (
    date_key int NOT NULL COMMENT 'dim_date.date_key',
    dau int NOT NULL COMMENT 'Customers with playing time on the day, distinct; never summed',
    wau int NOT NULL COMMENT 'Customers with playing time in the 7 days that end with the day, distinct; never summed',
    mau int NOT NULL COMMENT 'Customers with playing time in the 30 days that end with the day, distinct; never summed',
    refreshed_at DATETIME NOT NULL COMMENT 'When the row was built, UTC',
    PRIMARY KEY (date_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'One row per published UTC day'
