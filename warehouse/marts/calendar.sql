-- calendar: whole years without a gap, for Power BI's date table; so without the Unknown member.
-- grain: one row per day
SELECT
    dim_date.date_value,
    dim_date.year_number AS year,
    dim_date.quarter_number AS quarter,
    dim_date.month_number AS month,
    dim_date.month_name,
    dim_month.month_start,
    dim_date.iso_year,
    dim_date.iso_week,
    dim_date.weekday_number AS weekday,
    dim_date.weekday_name,
    dim_date.is_weekend,
    dim_date.date_key,
    dim_date.month_key
FROM dim_date
INNER JOIN dim_month ON dim_date.month_key = dim_month.month_key
WHERE dim_date.date_key > 0
