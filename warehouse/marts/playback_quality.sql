-- playback_quality: quality of experience as players told it, day by day; empty without their telemetry. Counts and
-- seconds may be summed, and rates made of the sums. Percentiles are nearest-rank over the attempts of the row that
-- started: never average them. avg_bitrate_kbps is weighted by playing time. The country is the viewer's when the day was
-- published.
-- grain: one row per UTC day, device and country with play attempts
SELECT
    dim_date.date_value AS stat_date,
    dim_device.device_type,
    dim_country.country,
    cast(fact_attempt.attempts AS decimal(18, 0)) AS attempts,
    cast(fact_attempt.plays AS decimal(18, 0)) AS plays,
    cast(fact_attempt.abandoned_attempts AS decimal(18, 0)) AS abandoned_attempts,
    cast(fact_attempt.failed_attempts AS decimal(18, 0)) AS failed_attempts,
    cast(fact_attempt.failed_plays AS decimal(18, 0)) AS failed_plays,
    cast(fact_attempt.known_startups AS decimal(18, 0)) AS known_startups,
    cast(1.00000000 * fact_attempt.startup_milliseconds / 1000 AS decimal(18, 3)) AS startup_seconds,
    cast(1.00000000 * fact_attempt.stall_milliseconds / 1000 AS decimal(18, 3)) AS stalled_seconds,
    cast(fact_attempt.known_stall_watch_seconds AS decimal(18, 0)) AS known_stall_watch_seconds,
    cast(100.00000000 * fact_attempt.abandoned_attempts / fact_attempt.attempts AS decimal(5, 2)) AS ebvs_pct,
    cast(100.00000000 * fact_attempt.failed_attempts / fact_attempt.attempts AS decimal(5, 2)) AS start_failure_pct,
    cast(100.00000000 * fact_attempt.failed_plays / nullif(fact_attempt.plays, 0) AS decimal(5, 2)) AS playback_failure_pct,
    cast(
        1.00000000 * fact_attempt.startup_milliseconds / nullif(1000 * fact_attempt.known_startups, 0) AS decimal(18, 3)
    ) AS startup_seconds_avg,
    cast(1.00000000 * fact_attempt.startup_milliseconds_p50 / 1000 AS decimal(18, 3)) AS startup_seconds_p50,
    cast(1.00000000 * fact_attempt.startup_milliseconds_p95 / 1000 AS decimal(18, 3)) AS startup_seconds_p95,
    cast(
        100.00000000 * fact_attempt.stall_milliseconds
        / nullif(fact_attempt.stall_milliseconds + 1000 * fact_attempt.known_stall_watch_seconds, 0) AS decimal(5, 2)
    ) AS stalled_time_pct,
    cast(
        1.00000000 * fact_attempt.stalls / nullif(fact_attempt.known_stall_plays, 0) AS decimal(18, 2)
    ) AS avg_stall_count,
    cast(
        1.00000000 * fact_attempt.played_kilobits / nullif(fact_attempt.known_bitrate_watch_seconds, 0) AS decimal(18, 2)
    ) AS avg_bitrate_kbps,
    fact_attempt.date_key,
    fact_attempt.device_key,
    fact_attempt.country_key
FROM fact_attempt
INNER JOIN dim_date ON fact_attempt.date_key = dim_date.date_key
INNER JOIN dim_device ON fact_attempt.device_key = dim_device.device_key
INNER JOIN dim_country ON fact_attempt.country_key = dim_country.country_key
