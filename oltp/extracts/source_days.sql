-- source_days: the days that loads of each source touched, with the version of the day, for stg_source_day.
-- grain:  one row per source and UTC day
-- params: none
WITH busy AS (
    SELECT DISTINCT load_day.day
    FROM ops.load_day
    INNER JOIN ops.load ON load_day.load_id = load.load_id
    WHERE load.state <> 'complete'
)

SELECT DISTINCT
    load.source,
    load_day.day,
    coalesce(day_version.version, 0) AS version,
    CASE WHEN busy.day IS NULL THEN 'No' ELSE 'Yes' END AS is_busy
FROM ops.load_day
INNER JOIN ops.load ON load_day.load_id = load.load_id
LEFT JOIN ops.day_version ON load_day.day = day_version.day
LEFT JOIN busy ON load_day.day = busy.day
