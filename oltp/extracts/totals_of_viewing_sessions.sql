-- totals_of_viewing_sessions: plays of completed loads, their playing time, and who had any, for 'svp verify'.
-- grain:  one row per UTC day
-- params: none
WITH played AS (
    SELECT
        viewing_sessions.started_on AS day,
        viewing_sessions.user_key,
        1 AS plays,
        (viewing_sessions.is_complete IS NOT NULL)::integer AS known_completion_plays,
        coalesce(viewing_sessions.is_complete, FALSE)::integer AS complete_plays,
        viewing_sessions.watch_seconds - viewing_sessions.next_day_seconds AS watch_seconds
    FROM oltp.viewing_sessions
    INNER JOIN ops.load ON viewing_sessions.load_id = load.load_id
    WHERE load.state = 'complete'
    UNION ALL
    SELECT
        viewing_sessions.started_on + 1 AS day,
        viewing_sessions.user_key,
        0 AS plays,
        0 AS known_completion_plays,
        0 AS complete_plays,
        viewing_sessions.next_day_seconds AS watch_seconds
    FROM oltp.viewing_sessions
    INNER JOIN ops.load ON viewing_sessions.load_id = load.load_id
    WHERE load.state = 'complete' AND viewing_sessions.next_day_seconds > 0
),

watched AS (
    SELECT
        played.day,
        played.user_key,
        sum(played.plays) AS plays,
        sum(played.known_completion_plays) AS known_completion_plays,
        sum(played.complete_plays) AS complete_plays,
        sum(played.watch_seconds) AS watch_seconds
    FROM played
    GROUP BY played.day, played.user_key
),

-- A customer as a number, the first of its users: numbers are counted many times faster than texts.
identified AS (
    SELECT
        user_customer.user_key,
        min(user_customer.user_key)
            OVER (PARTITION BY user_customer.customer_source, user_customer.customer_code)
            AS customer_key
    FROM oltp.user_customer
)

SELECT
    watched.day,
    sum(watched.plays) AS plays,
    sum(watched.known_completion_plays) AS known_completion_plays,
    sum(watched.complete_plays) AS complete_plays,
    sum(watched.watch_seconds) AS watch_seconds,
    count(*) FILTER (WHERE watched.watch_seconds > 0) AS app_users,
    count(DISTINCT identified.customer_key) FILTER (WHERE watched.watch_seconds > 0) AS app_customers
FROM watched
INNER JOIN identified ON watched.user_key = identified.user_key
GROUP BY watched.day
