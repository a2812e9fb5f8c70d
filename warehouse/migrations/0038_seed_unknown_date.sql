REPLACE INTO dim_date (
    date_key, date_value, year_number, quarter_number, month_number, month_name, month_key, days_in_month,
    iso_year, iso_week, weekday_number, weekday_name, is_weekend
)
VALUES (0, NULL, 0, 0, 0, 'Unknown', 0, 0, 0, 0, 0, 'Unknown', 'No')
