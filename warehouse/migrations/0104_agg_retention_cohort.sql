CREATE TABLE IF NOT EXISTS agg_retention_cohort (
    month_key int NOT NULL COMMENT 'dim_date.date_key of the first day of the month of activity',
    cohort_month_key int NOT NULL COMMENT 'dim_date.date_key of the first day of the month of sign-up',
    month_number int NOT NULL COMMENT 'Months from the month of sign-up, which is 0, to that of activity',
    cohort_size int NOT NULL COMMENT 'Customers who signed up in the month, count',
    active_customers int NOT NULL COMMENT 'Those of them with playing time in the month of activity, distinct',
    refreshed_at DATETIME NOT NULL COMMENT 'When the row was built, UTC',
    PRIMARY KEY (month_key, cohort_month_key),
    KEY agg_retention_cohort_cohort (cohort_month_key, month_number)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per month of sign-up and later month that is over'
