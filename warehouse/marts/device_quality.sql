-- device_quality: plays by device and picture quality, day by day; from MongoDB's viewing events. Attempts that
-- became no play have no quality, and no row.
-- grain: one row per UTC day, device and quality
SELECT
    dim_date.date_value AS stat_date,
    dim_device.device_type,
    dim_quality.quality,
    cast(fact_playback.plays AS decimal(18, 0)) AS plays,
    cast(1.00000000 * fact_playback.watch_seconds / 3600 AS decimal(18, 4)) AS watch_hours,
    cast(fact_playback.complete_plays AS decimal(18, 0)) AS complete_plays,
    cast(fact_playback.known_completion_plays AS decimal(18, 0)) AS known_completion_plays,
    cast(
        100.00000000 * fact_playback.complete_plays / nullif(fact_playback.known_completion_plays, 0) AS decimal(5, 2)
    ) AS completion_rate,
    fact_playback.date_key,
    fact_playback.device_key
FROM fact_playback
INNER JOIN dim_date ON fact_playback.date_key = dim_date.date_key
INNER JOIN dim_device ON fact_playback.device_key = dim_device.device_key
INNER JOIN dim_quality ON fact_playback.quality_key = dim_quality.quality_key
WHERE fact_playback.plays > 0 OR fact_playback.watch_seconds > 0
