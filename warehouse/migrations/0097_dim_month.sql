CREATE TABLE IF NOT EXISTS dim_month (
    month_key int NOT NULL COMMENT 'dim_date.date_key of the month''s first day',
    month_start date NOT NULL COMMENT 'The month''s first day, UTC',
    PRIMARY KEY (month_key),
    UNIQUE KEY dim_month_start (month_start)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
COMMENT = 'One row per month of dim_date, so that a range of days finds the few months in it'
