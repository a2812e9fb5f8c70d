-- totals_of_search_queries: searches of completed loads on the day they were made, for 'svp verify'.
-- grain:  one row per UTC day
-- params: none
SELECT
    (search_queries.searched_at AT TIME ZONE 'UTC')::date AS day,
    count(*) AS searches,
    count(search_queries.clicked_content_key) AS clicked_searches
FROM oltp.search_queries
INNER JOIN ops.load ON search_queries.load_id = load.load_id
WHERE load.state = 'complete'
GROUP BY (search_queries.searched_at AT TIME ZONE 'UTC')::date
