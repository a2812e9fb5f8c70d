REPLACE INTO dim_month (month_key, month_start)
SELECT
    dim_date.date_key,
    dim_date.date_value
FROM dim_date
WHERE dim_date.date_key = dim_date.month_key AND dim_date.date_key > 0
