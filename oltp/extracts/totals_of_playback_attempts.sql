-- totals_of_playback_attempts: play attempts that players told of, on the day of their play, else on their own, for
--                              'svp verify'.
-- grain:  one row per UTC day
-- params: none
SELECT
    coalesce(viewing_sessions.started_on, (playback_attempts.attempted_at AT TIME ZONE 'UTC')::date) AS day,
    count(*) AS attempts
FROM oltp.playback_attempts
INNER JOIN ops.load ON playback_attempts.load_id = load.load_id
LEFT JOIN oltp.viewing_sessions ON playback_attempts.session_key = viewing_sessions.session_key
WHERE load.state = 'complete'
GROUP BY coalesce(viewing_sessions.started_on, (playback_attempts.attempted_at AT TIME ZONE 'UTC')::date)
