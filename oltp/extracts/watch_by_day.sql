-- watch_by_day: plays on the day they started, seconds on the day they were played, for stg_watch, in its order.
-- grain:  one row per UTC day, customer, title and device, by the warehouse's keys
-- params: svp.from_day, svp.to_day (settings of the transaction), warehouse_key (temporary table)
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
)

SELECT
    to_char(played.day, 'YYYYMMDD')::integer AS date_key,
    customer.warehouse_key AS customer_key,
    title.warehouse_key AS title_key,
    coalesce(device.warehouse_key, 0) AS device_key,
    sum(played.plays) AS plays,
    sum(played.valid_plays) AS valid_plays,
    sum(played.known_completion_plays) AS known_completion_plays,
    sum(played.complete_plays) AS complete_plays,
    sum(played.watch_seconds) AS watch_seconds
FROM played
INNER JOIN pg_temp.warehouse_key AS customer
    ON
        played.user_key = customer.member_key
        AND customer.dimension = 'customer'
INNER JOIN pg_temp.warehouse_key AS title
    ON
        played.content_key = title.member_key
        AND title.dimension = 'title'
LEFT JOIN pg_temp.warehouse_key AS device
    ON
        trim(BOTH FROM left(played.device_type, 64)) = device.member_name
        AND device.dimension = 'device'
GROUP BY played.day, customer_key, title_key, device_key
ORDER BY played.day, customer_key, title_key, device_key
