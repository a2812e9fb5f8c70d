-- totals_of_customer_first_day: customers who were active for the first time ever.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    count(*) AS new_customers
FROM customer_first_day
INNER JOIN dim_date ON customer_first_day.first_date_key = dim_date.date_key
GROUP BY dim_date.date_value
