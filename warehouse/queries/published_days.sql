-- published_days: the version that the facts of each day hold.
-- grain:  one row per published day
-- params: none
SELECT
    dim_date.date_value,
    published_day.version
FROM published_day
INNER JOIN dim_date ON published_day.date_key = dim_date.date_key
