-- day_versions: every day that completed loads touched, with its version; a day that a load still works on is busy.
-- grain:  one row per UTC day
-- params: none
WITH busy AS (
    SELECT DISTINCT load_day.day
    FROM ops.load_day
    INNER JOIN ops.load ON load_day.load_id = load.load_id
    WHERE load.state <> 'complete'
)

SELECT
    day_version.day,
    day_version.version,
    busy.day IS NOT NULL AS is_busy
FROM ops.day_version
LEFT JOIN busy ON day_version.day = busy.day
ORDER BY day_version.day
