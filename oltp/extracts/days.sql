-- days: peak of concurrent streams of each day, for stg_day. A stream counts at each minute mark t with
--         start <= t < end, so it opens at the first mark not before its start and closes at the first not before
--         its end; a session over midnight is cut there and counts on both days. Ties: the earliest minute.
--         Sessions with a date and no time are left out and counted.
-- grain:  one row per UTC day that loads touched
-- params: svp.from_day, svp.to_day (settings of the transaction)
WITH touched AS (
    SELECT
        load_day.day,
        count(*) AS source_loads
    FROM ops.load_day
    INNER JOIN ops.load ON load_day.load_id = load.load_id
    WHERE
        load.state = 'complete'
        AND load_day.day
        BETWEEN current_setting('svp.from_day')::date AND current_setting('svp.to_day')::date
    GROUP BY load_day.day
),

streamed AS (
    SELECT
        viewing_sessions.started_on,
        date_trunc('minute', viewing_sessions.started_at + interval '59.999999 seconds', 'UTC')
        AT TIME ZONE 'UTC' AS opens_at,
        date_trunc('minute', viewing_sessions.ended_at + interval '59.999999 seconds', 'UTC')
        AT TIME ZONE 'UTC' AS closes_at
    FROM oltp.viewing_sessions
    INNER JOIN ops.load ON viewing_sessions.load_id = load.load_id
    WHERE
        load.state = 'complete'
        AND viewing_sessions.started_on
        BETWEEN current_setting('svp.from_day')::date - 1 AND current_setting('svp.to_day')::date
),

started AS (
    SELECT
        streamed.started_on AS day,
        count(*) FILTER (WHERE streamed.opens_at IS NULL OR streamed.closes_at IS NULL) AS sessions_without_time,
        count(*) FILTER (WHERE streamed.opens_at IS NOT NULL AND streamed.closes_at IS NOT NULL) AS sessions_with_time
    FROM streamed
    GROUP BY streamed.started_on
),

split AS (
    SELECT
        streamed.opens_at,
        streamed.closes_at,
        streamed.started_on + midnight.passed AS day
    FROM streamed
    CROSS JOIN (VALUES (0), (1)) AS midnight (passed)
    WHERE streamed.opens_at IS NOT NULL AND streamed.closes_at IS NOT NULL
),

clipped AS (
    SELECT
        split.day,
        greatest(split.opens_at, split.day::timestamp) AS opens_at,
        least(split.closes_at, split.day + interval '1 day') AS closes_at
    FROM split
),

changed AS (
    SELECT
        clipped.day,
        clipped.opens_at AS minute_at,
        1 AS streams
    FROM clipped
    WHERE clipped.opens_at < clipped.closes_at
    UNION ALL
    SELECT
        clipped.day,
        clipped.closes_at AS minute_at,
        -1 AS streams
    FROM clipped
    WHERE clipped.opens_at < clipped.closes_at
),

counted AS (
    SELECT
        changed.day,
        changed.minute_at,
        sum(sum(changed.streams)) OVER (PARTITION BY changed.day ORDER BY changed.minute_at) AS streams
    FROM changed
    GROUP BY changed.day, changed.minute_at
),

peak AS (
    SELECT DISTINCT ON (counted.day)
        counted.day,
        counted.streams,
        counted.minute_at
    FROM counted
    ORDER BY counted.day ASC, counted.streams DESC, counted.minute_at ASC
)

SELECT
    touched.day,
    coalesce(peak.streams, CASE WHEN started.sessions_with_time > 0 THEN 0 END) AS peak_concurrent_streams,
    peak.minute_at AS peak_minute_at,
    coalesce(started.sessions_without_time, 0) AS sessions_without_time,
    touched.source_loads
FROM touched
LEFT JOIN peak ON touched.day = peak.day
LEFT JOIN started ON touched.day = started.day
