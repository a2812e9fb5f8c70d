-- publish_playback: fact_playback of one day from stg_playback.
-- Runs in the caller's transaction.
CREATE PROCEDURE publish_playback (IN in_date_key int, IN in_day date)
COMMENT 'Replace one UTC day of fact_playback by the staged rows.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM fact_playback WHERE fact_playback.date_key = in_date_key;
    INSERT INTO fact_playback (
        date_key, device_key, quality_key, attempts, plays, known_completion_plays, complete_plays, watch_seconds
    )
    SELECT
        in_date_key,
        coalesce(dim_device.device_key, 0),
        coalesce(dim_quality.quality_key, 0),
        sum(stg_playback.attempts),
        sum(stg_playback.plays),
        sum(stg_playback.known_completion_plays),
        sum(stg_playback.complete_plays),
        sum(stg_playback.watch_seconds)
    FROM stg_playback
    LEFT JOIN dim_device ON stg_playback.device_type = dim_device.device_type
    LEFT JOIN dim_quality ON stg_playback.quality = dim_quality.quality
    WHERE stg_playback.day = in_day
    GROUP BY coalesce(dim_device.device_key, 0), coalesce(dim_quality.quality_key, 0);
END
