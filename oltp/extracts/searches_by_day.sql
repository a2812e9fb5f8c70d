-- searches_by_day: searches on the UTC day they were made, for stg_search. A search is played when its user started
--                  the clicked title within 30 minutes, over midnight too. One that only a session with a date and no
--                  time can have followed is untimed: nobody knows.
-- grain:  one row per UTC day
-- params: svp.from_day, svp.to_day (settings of the transaction)
WITH asked AS (
    SELECT
        search_queries.search_key,
        (search_queries.searched_at AT TIME ZONE 'UTC')::date AS day,
        search_queries.user_key,
        search_queries.clicked_content_key,
        search_queries.searched_at,
        search_queries.result_count
    FROM oltp.search_queries
    INNER JOIN ops.load ON search_queries.load_id = load.load_id
    WHERE
        load.state = 'complete'
        AND search_queries.searched_at >= current_setting('svp.from_day')::date::timestamp AT TIME ZONE 'UTC'
        AND search_queries.searched_at < (current_setting('svp.to_day')::date + 1)::timestamp AT TIME ZONE 'UTC'
),

followed AS (
    SELECT
        asked.search_key,
        bool_or(
            viewing_sessions.started_at BETWEEN asked.searched_at AND asked.searched_at + interval '30 minutes'
        ) AS is_played,
        bool_or(viewing_sessions.started_at IS NULL AND viewing_sessions.started_on = asked.day) AS has_untimed_play
    FROM asked
    INNER JOIN oltp.viewing_sessions
        ON
            asked.user_key = viewing_sessions.user_key
            AND asked.clicked_content_key = viewing_sessions.content_key
            AND viewing_sessions.started_on BETWEEN asked.day AND asked.day + 1
    INNER JOIN ops.load ON viewing_sessions.load_id = load.load_id
    WHERE load.state = 'complete'
    GROUP BY asked.search_key
)

SELECT
    asked.day,
    count(*) AS searches,
    count(asked.result_count) AS known_result_searches,
    count(*) FILTER (WHERE asked.result_count = 0) AS zero_result_searches,
    count(asked.clicked_content_key) AS clicked_searches,
    count(*) FILTER (WHERE followed.is_played) AS played_searches,
    count(*) FILTER (WHERE followed.has_untimed_play AND followed.is_played IS NOT TRUE) AS untimed_searches
FROM asked
LEFT JOIN followed ON asked.search_key = followed.search_key
GROUP BY asked.day
