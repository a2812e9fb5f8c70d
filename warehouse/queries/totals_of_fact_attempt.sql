-- totals_of_fact_attempt: play attempts that players told of.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    sum(fact_attempt.attempts) AS attempts
FROM fact_attempt
INNER JOIN dim_date ON fact_attempt.date_key = dim_date.date_key
GROUP BY dim_date.date_value
