-- search_funnel: searches, day by day, and what came of them. zero_result_rate is of searches whose results were
-- counted; search_to_play_rate of those of which it is known whether their user started the clicked title within 30
-- minutes: untimed_searches, followed by a session with a date and no time, are left out of it.
-- grain: one row per UTC day with searches
SELECT
    dim_date.date_value AS stat_date,
    cast(fact_search.searches AS decimal(18, 0)) AS searches,
    cast(
        100.00000000 * fact_search.zero_result_searches
        / nullif(fact_search.known_result_searches, 0) AS decimal(5, 2)
    ) AS zero_result_rate,
    cast(100.00000000 * fact_search.clicked_searches / nullif(fact_search.searches, 0) AS decimal(5, 2)) AS click_rate,
    cast(
        100.00000000 * fact_search.played_searches
        / nullif(fact_search.searches - fact_search.untimed_searches, 0) AS decimal(5, 2)
    ) AS search_to_play_rate,
    cast(fact_search.untimed_searches AS decimal(18, 0)) AS untimed_searches,
    fact_search.date_key
FROM fact_search
INNER JOIN dim_date ON fact_search.date_key = dim_date.date_key
