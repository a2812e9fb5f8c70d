-- totals_of_fact_search: searches.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    fact_search.searches,
    fact_search.clicked_searches
FROM fact_search
INNER JOIN dim_date ON fact_search.date_key = dim_date.date_key
