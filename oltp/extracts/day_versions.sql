-- day_versions: every day that loads touched, with the version that completed ones gave it, 0 for none yet;
--               a day that a load is still at work on is busy.
-- grain:  one row per UTC day
-- params: none
WITH busy AS (
    SELECT DISTINCT load_day.day
    FROM ops.load_day
    INNER JOIN ops.load ON load_day.load_id = load.load_id
    WHERE load.state <> 'complete'
)

SELECT
    coalesce(day_version.day, busy.day) AS day,
    coalesce(day_version.version, 0) AS version,
    busy.day IS NOT NULL AS is_busy
FROM ops.day_version
FULL JOIN busy ON day_version.day = busy.day
ORDER BY coalesce(day_version.day, busy.day)
