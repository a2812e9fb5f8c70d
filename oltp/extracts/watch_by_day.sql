-- watch_by_day: plays on the day they started, seconds on the day they were played, for stg_watch.
-- grain:  one row per UTC day, user, title and device; the users of one contract are one customer
-- params: svp.from_day, svp.to_day (settings of the transaction)
WITH played AS (
    SELECT
        viewing_sessions.started_on AS day,
        viewing_sessions.user_key,
        viewing_sessions.content_key,
        viewing_sessions.device_type,
        1 AS plays,
        (viewing_sessions.watch_seconds >= 30)::integer AS valid_plays,
        (viewing_sessions.is_complete IS NOT NULL)::integer AS known_completion_plays,
        coalesce(viewing_sessions.is_complete, FALSE)::integer AS complete_plays,
        viewing_sessions.watch_seconds - viewing_sessions.next_day_seconds AS watch_seconds
    FROM oltp.viewing_sessions
    INNER JOIN ops.load ON viewing_sessions.load_id = load.load_id
    WHERE
        load.state = 'complete'
        AND viewing_sessions.started_on
        BETWEEN current_setting('svp.from_day')::date AND current_setting('svp.to_day')::date
    UNION ALL
    SELECT
        viewing_sessions.started_on + 1 AS day,
        viewing_sessions.user_key,
        viewing_sessions.content_key,
        viewing_sessions.device_type,
        0 AS plays,
        0 AS valid_plays,
        0 AS known_completion_plays,
        0 AS complete_plays,
        viewing_sessions.next_day_seconds AS watch_seconds
    FROM oltp.viewing_sessions
    INNER JOIN ops.load ON viewing_sessions.load_id = load.load_id
    WHERE
        load.state = 'complete'
        AND viewing_sessions.next_day_seconds > 0
        AND viewing_sessions.started_on
        BETWEEN current_setting('svp.from_day')::date - 1 AND current_setting('svp.to_day')::date - 1
),

summed AS (
    SELECT
        played.day,
        played.user_key,
        played.content_key,
        played.device_type,
        sum(played.plays) AS plays,
        sum(played.valid_plays) AS valid_plays,
        sum(played.known_completion_plays) AS known_completion_plays,
        sum(played.complete_plays) AS complete_plays,
        sum(played.watch_seconds) AS watch_seconds
    FROM played
    GROUP BY played.day, played.user_key, played.content_key, played.device_type
)

SELECT
    summed.day,
    user_customer.customer_source,
    user_customer.customer_code,
    content.source AS title_source,
    content.content_id,
    nullif(trim(BOTH FROM left(summed.device_type, 64)), '') AS device_type,
    summed.plays,
    summed.valid_plays,
    summed.known_completion_plays,
    summed.complete_plays,
    summed.watch_seconds
FROM summed
INNER JOIN oltp.user_customer ON summed.user_key = user_customer.user_key
INNER JOIN oltp.content ON summed.content_key = content.content_key
