CREATE TABLE IF NOT EXISTS dim_date (
    date_key int NOT NULL COMMENT 'The day as yyyymmdd; 0 for Unknown',
    date_value date NULL COMMENT 'The day, UTC; null for Unknown',
    year_number smallint NOT NULL COMMENT 'Year',
    quarter_number smallint NOT NULL COMMENT 'Quarter, 1 to 4',
    month_number smallint NOT NULL COMMENT 'Month, 1 to 12',
    month_name varchar(9) NOT NULL COMMENT 'Month, English name',
    month_key int NOT NULL COMMENT 'dim_date.date_key of the month''s first day',
    days_in_month smallint NOT NULL COMMENT 'Days of the month',
    iso_year smallint NOT NULL COMMENT 'Year of the ISO week',
    iso_week smallint NOT NULL COMMENT 'ISO week, 1 to 53',
    weekday_number smallint NOT NULL COMMENT 'Day of the week, Monday 1 to Sunday 7',
    weekday_name varchar(9) NOT NULL COMMENT 'Day of the week, English name',
    is_weekend varchar(3) NOT NULL COMMENT 'Yes on Saturday and Sunday, else No',
    PRIMARY KEY (date_key),
    UNIQUE KEY dim_date_value (date_value),
    KEY dim_date_month (month_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'One row per day, whole years without a gap'
