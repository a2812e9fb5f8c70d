-- days.sql: the event days that this load touches: of its rows, and of the rows they replace.
-- A session over midnight touches both of its days, even if nothing of it was played on the second, where it still is
-- a concurrent stream. One soon after midnight touches the day before, if it follows a search there that clicked its
-- title: searches_by_day counts it with the search.
-- settings: svp.source, svp.load_id
INSERT INTO ops.load_day (load_id, day)
WITH touched AS NOT MATERIALIZED (
    SELECT
        resolved.started_on,
        resolved.next_day_seconds,
        resolved.started_at,
        resolved.ended_at,
        resolved.user_key,
        resolved.content_key
    FROM resolved
    WHERE resolved.is_latest AND resolved.row_outcome IN ('loaded', 'updated')
    UNION ALL
    SELECT
        viewing_sessions.started_on,
        viewing_sessions.next_day_seconds,
        viewing_sessions.started_at,
        viewing_sessions.ended_at,
        viewing_sessions.user_key,
        viewing_sessions.content_key
    FROM resolved
    INNER JOIN oltp.viewing_sessions
        ON
            resolved.session_id = viewing_sessions.session_id
            AND viewing_sessions.source = current_setting('svp.source')
    WHERE resolved.is_latest AND resolved.row_outcome = 'updated'
),

days AS (
    SELECT touched.started_on AS day FROM touched
    UNION
    SELECT touched.started_on + 1 AS day
    FROM touched
    WHERE
        touched.next_day_seconds > 0
        OR touched.ended_at > cast(touched.started_on + 1 AS timestamp) AT TIME ZONE 'UTC'
    UNION
    SELECT touched.started_on - 1 AS day
    FROM touched
    INNER JOIN oltp.search_queries
        ON
            touched.user_key = search_queries.user_key
            AND touched.content_key = search_queries.clicked_content_key
            AND search_queries.searched_at >= touched.started_at - interval '30 minutes'
            AND search_queries.searched_at < cast(touched.started_on AS timestamp) AT TIME ZONE 'UTC'
    WHERE touched.started_at < cast(touched.started_on AS timestamp) AT TIME ZONE 'UTC' + interval '30 minutes'
)

SELECT
    cast(current_setting('svp.load_id') AS bigint) AS load_id,
    days.day
FROM days;
