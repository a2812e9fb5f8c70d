-- calendar: whole years without a gap, as Power BI wants its date table, until the end of this one; so without the Unknown
-- member. Later years are none: one event dated 2199 would stretch each axis and list of months until then.
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
INNER JOIN clock ON clock.clock_id = 1 AND dim_date.date_key <= clock.last_date_key DIV 10000 * 10000 + 1231
WHERE dim_date.date_key > 0
