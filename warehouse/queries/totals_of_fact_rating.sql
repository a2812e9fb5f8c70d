-- totals_of_fact_rating: ratings.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    sum(fact_rating.ratings) AS ratings,
    sum(fact_rating.stars) AS stars
FROM fact_rating
INNER JOIN dim_date ON fact_rating.date_key = dim_date.date_key
GROUP BY dim_date.date_value
