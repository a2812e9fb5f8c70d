-- publish_playback: fact_playback of a range of days from stg_playback, with the kinds of device and qualities that it
-- names. Runs in the caller's transaction.
CREATE PROCEDURE publish_playback (IN in_from_key int, IN in_to_key int)
COMMENT 'Replace the days from in_from_key to in_to_key of fact_playback by the staged rows.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    INSERT INTO dim_device (device_type)
    SELECT DISTINCT stg_playback.device_type
    FROM stg_playback
    LEFT JOIN dim_device ON stg_playback.device_type = dim_device.device_type
    WHERE stg_playback.device_type IS NOT NULL AND dim_device.device_key IS NULL;

    INSERT INTO dim_quality (quality)
    SELECT DISTINCT stg_playback.quality
    FROM stg_playback
    LEFT JOIN dim_quality ON stg_playback.quality = dim_quality.quality
    WHERE stg_playback.quality IS NOT NULL AND dim_quality.quality_key IS NULL;

    DELETE FROM fact_playback WHERE fact_playback.date_key BETWEEN in_from_key AND in_to_key;
    INSERT INTO fact_playback (
        date_key, device_key, quality_key, attempts, plays, known_completion_plays, complete_plays, watch_seconds
    )
    SELECT
        dim_date.date_key,
        coalesce(dim_device.device_key, 0),
        coalesce(dim_quality.quality_key, 0),
        sum(stg_playback.attempts),
        sum(stg_playback.plays),
        sum(stg_playback.known_completion_plays),
        sum(stg_playback.complete_plays),
        sum(stg_playback.watch_seconds)
    FROM stg_playback
    INNER JOIN dim_date ON stg_playback.day = dim_date.date_value
    LEFT JOIN dim_device ON stg_playback.device_type = dim_device.device_type
    LEFT JOIN dim_quality ON stg_playback.quality = dim_quality.quality
    WHERE dim_date.date_key BETWEEN in_from_key AND in_to_key
    GROUP BY dim_date.date_key, coalesce(dim_device.device_key, 0), coalesce(dim_quality.quality_key, 0);
END
