-- country_history: where each customer lived on which days, as far as loads have told: from sign-up on, and a later
-- country from the day of the load that told of it. valid_to is the first day on which it was no more so, 9999-12-31 for
-- none.
-- grain: one row per customer and stretch of days in one country
SELECT
    dim_customer.customer_code,
    dim_country.country,
    country_history.valid_from,
    country_history.valid_to,
    country_history.customer_key,
    country_history.country_key
FROM country_history
INNER JOIN dim_customer ON country_history.customer_key = dim_customer.customer_key
INNER JOIN dim_country ON country_history.country_key = dim_country.country_key
