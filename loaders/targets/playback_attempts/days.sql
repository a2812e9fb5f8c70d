-- days.sql: the event days that this load touches: of its rows, of the rows they replace, and of the plays that
-- they became, whose documents are written again with them.
-- settings: svp.source, svp.load_id
INSERT INTO ops.load_day (load_id, day)
WITH stored AS (
    SELECT
        resolved.session_key,
        cast(resolved.attempted_at AT TIME ZONE 'UTC' AS date) AS attempted_on,
        cast(existing.attempted_at AT TIME ZONE 'UTC' AS date) AS replaced_on
    FROM resolved
    LEFT JOIN oltp.playback_attempts AS existing
        ON resolved.attempt_id = existing.attempt_id AND existing.source = current_setting('svp.source')
    WHERE resolved.is_latest AND resolved.row_outcome IN ('loaded', 'updated')
),

played AS (
    SELECT
        viewing_sessions.started_on,
        viewing_sessions.next_day_seconds
    FROM stored
    INNER JOIN oltp.viewing_sessions ON stored.session_key = viewing_sessions.session_key
),

days AS (
    SELECT stored.attempted_on AS day FROM stored
    UNION
    SELECT stored.replaced_on AS day FROM stored WHERE stored.replaced_on IS NOT NULL
    UNION
    SELECT played.started_on AS day FROM played
    UNION
    SELECT played.started_on + 1 AS day FROM played WHERE played.next_day_seconds > 0
)

SELECT
    cast(current_setting('svp.load_id') AS bigint) AS load_id,
    days.day
FROM days;
