-- days_before: published days before a day.
-- grain:  one row
-- params: @svp_before (a day)
SELECT
    count(*) AS days,
    min(dim_date.date_value) AS first_day,
    max(dim_date.date_value) AS last_day
FROM published_day
INNER JOIN dim_date ON published_day.date_key = dim_date.date_key
WHERE dim_date.date_value < @svp_before
