-- When refresh_changed_days was done last, cut to seconds; no row before that.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW last_refresh AS
SELECT
    cast(
        date_sub(refresh_log.ended_at, INTERVAL microsecond(refresh_log.ended_at) MICROSECOND) AS datetime
    ) AS refreshed_at
FROM refresh_log
WHERE refresh_log.procedure_name = 'refresh_changed_days' AND refresh_log.outcome = 'done'
ORDER BY refresh_log.refresh_id DESC
LIMIT 1
