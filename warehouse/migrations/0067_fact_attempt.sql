CREATE TABLE IF NOT EXISTS fact_attempt (
    date_key int NOT NULL COMMENT 'dim_date.date_key: an attempt counts on the day of its play, else on its own',
    device_key int NOT NULL COMMENT 'dim_device.device_key',
    country_key int NOT NULL COMMENT 'dim_country.country_key of the viewer when the day was published',
    attempts int NOT NULL COMMENT 'Play attempts, count',
    abandoned_attempts int NOT NULL COMMENT 'Attempts that the viewer left before the first frame, count',
    failed_attempts int NOT NULL COMMENT 'Attempts that an error ended before the first frame, count',
    plays int NOT NULL COMMENT 'Attempts that showed a first frame, count',
    failed_plays int NOT NULL COMMENT 'Plays that an error ended, count',
    known_startups int NOT NULL COMMENT 'Plays whose startup time is known, count',
    startup_milliseconds bigint NOT NULL COMMENT 'From pressing play to the first frame, milliseconds, over known_startups',
    startup_milliseconds_p50 int NULL COMMENT 'Median startup time, nearest-rank, milliseconds; null for none',
    startup_milliseconds_p95 int NULL COMMENT '95th percentile of startup time, nearest-rank, milliseconds; null for none',
    stall_milliseconds bigint NOT NULL COMMENT 'Time stalled after the first frame, milliseconds',
    known_stall_watch_seconds bigint NOT NULL COMMENT 'Playing time of plays whose time stalled is known, seconds',
    known_stall_plays int NOT NULL COMMENT 'Plays whose stalls were counted, count',
    stalls bigint NOT NULL COMMENT 'Stalls after the first frame, count',
    played_kilobits bigint NOT NULL COMMENT 'Mean bit rate times playing time, kilobits, summed over plays',
    known_bitrate_watch_seconds bigint NOT NULL COMMENT 'Playing time of plays whose bit rate is known, seconds',
    PRIMARY KEY (date_key, device_key, country_key),
    KEY fact_attempt_device (device_key, date_key),
    KEY fact_attempt_country (country_key, date_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per UTC day, device and country with play attempts; from PostgreSQL'
