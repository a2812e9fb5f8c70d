-- hours_by_day: plays by the hour that the viewer's clock showed when they started, for stg_hour. Playing time goes with
--               the start; what was played after midnight UTC goes with midnight. The hour is -1 where it is unknown: a
--               country without a clock, or a session with a date and no time.
-- grain:  one row per UTC day, country, local hour and title, by the warehouse's keys and in their order
-- params: svp.from_day, svp.to_day, svp.clocks (settings of the transaction; clocks is a JSON array of spans by country),
--         warehouse_key (temporary table)
WITH clock AS (
    SELECT
        span.country,
        span.from_at,
        span.until_at,
        make_interval(secs => span.offset_seconds) AS ahead
    FROM jsonb_to_recordset(cast(current_setting('svp.clocks') AS jsonb)) AS span (
        country text, from_at timestamptz, until_at timestamptz, offset_seconds integer
    )
),

played AS (
    SELECT
        viewing_sessions.started_on AS day,
        viewing_sessions.user_key,
        viewing_sessions.content_key,
        viewing_sessions.started_at AS played_at,
        1 AS plays,
        viewing_sessions.watch_seconds - viewing_sessions.next_day_seconds AS watch_seconds
    FROM oltp.viewing_sessions
    INNER JOIN ops.load ON viewing_sessions.load_id = load.load_id
    WHERE
        load.state = 'complete'
        AND viewing_sessions.started_on
        BETWEEN cast(current_setting('svp.from_day') AS date) AND cast(current_setting('svp.to_day') AS date)
    UNION ALL
    SELECT
        viewing_sessions.started_on + 1 AS day,
        viewing_sessions.user_key,
        viewing_sessions.content_key,
        cast(viewing_sessions.started_on + 1 AS timestamp) AT TIME ZONE 'UTC' AS played_at,
        0 AS plays,
        viewing_sessions.next_day_seconds AS watch_seconds
    FROM oltp.viewing_sessions
    INNER JOIN ops.load ON viewing_sessions.load_id = load.load_id
    WHERE
        load.state = 'complete'
        AND viewing_sessions.next_day_seconds > 0
        AND viewing_sessions.started_on
        BETWEEN cast(current_setting('svp.from_day') AS date) - 1 AND cast(current_setting('svp.to_day') AS date) - 1
),

located AS (
    SELECT
        played.day,
        coalesce(nullif(trim(BOTH FROM left(users.country, 100)), ''), 'Unknown') AS country,
        played.content_key,
        played.played_at,
        played.plays,
        played.watch_seconds
    FROM played
    INNER JOIN oltp.users ON played.user_key = users.user_key
),

clocked AS (
    SELECT
        located.day,
        located.country,
        cast(
            coalesce(extract(HOUR FROM located.played_at AT TIME ZONE 'UTC' + clock.ahead), -1) AS integer
        ) AS local_hour,
        located.content_key,
        located.plays,
        located.watch_seconds
    FROM located
    LEFT JOIN clock
        ON
            located.country = clock.country
            AND located.played_at >= clock.from_at
            AND located.played_at < clock.until_at
)

SELECT
    cast(to_char(clocked.day, 'YYYYMMDD') AS integer) AS date_key,
    country.warehouse_key AS country_key,
    clocked.local_hour,
    title.warehouse_key AS title_key,
    sum(clocked.plays) AS plays,
    sum(clocked.watch_seconds) AS watch_seconds
FROM clocked
INNER JOIN pg_temp.warehouse_key AS country
    ON
        clocked.country = country.member_name
        AND country.dimension = 'country'
INNER JOIN pg_temp.warehouse_key AS title
    ON
        clocked.content_key = title.member_key
        AND title.dimension = 'title'
GROUP BY clocked.day, country_key, clocked.local_hour, title_key
ORDER BY clocked.day, country_key, clocked.local_hour, title_key
