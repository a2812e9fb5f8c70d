-- rewritten_loads.sql: loads whose documents say something of rows that are about to go or to be put back: those that
-- had written what is put back, the plays of attempts, and attempts that have the id of a play.
-- grain:  one row per load
-- params: load_ids
SELECT replaced_row.replaced_load_id AS load_id
FROM ops.replaced_row
WHERE
    replaced_row.load_id = any(cast(%(load_ids)s AS bigint[]))
    AND replaced_row.replaced_load_id <> all(cast(%(load_ids)s AS bigint[]))
UNION
SELECT viewing_sessions.load_id
FROM oltp.playback_attempts
INNER JOIN oltp.viewing_sessions ON playback_attempts.session_key = viewing_sessions.session_key
WHERE playback_attempts.load_id = any(cast(%(load_ids)s AS bigint[]))
UNION
SELECT playback_attempts.load_id
FROM oltp.viewing_sessions
INNER JOIN oltp.playback_attempts
    ON
        viewing_sessions.source = playback_attempts.source
        AND viewing_sessions.session_id = playback_attempts.attempt_id
WHERE viewing_sessions.load_id = any(cast(%(load_ids)s AS bigint[]));
