-- totals_by_day: plays and playing time of completed loads, the side of PostgreSQL of 'svp verify'.
-- grain:  one row per UTC day
-- params: none
WITH played AS (
    SELECT
        viewing_sessions.started_on AS day,
        1 AS plays,
        viewing_sessions.watch_seconds - viewing_sessions.next_day_seconds AS watch_seconds
    FROM oltp.viewing_sessions
    INNER JOIN ops.load ON viewing_sessions.load_id = load.load_id
    WHERE load.state = 'complete'
    UNION ALL
    SELECT
        viewing_sessions.started_on + 1 AS day,
        0 AS plays,
        viewing_sessions.next_day_seconds AS watch_seconds
    FROM oltp.viewing_sessions
    INNER JOIN ops.load ON viewing_sessions.load_id = load.load_id
    WHERE load.state = 'complete' AND viewing_sessions.next_day_seconds > 0
)

SELECT
    played.day,
    sum(played.plays) AS plays,
    sum(played.watch_seconds) AS watch_seconds
FROM played
GROUP BY played.day
