CREATE TABLE IF NOT EXISTS fact_playback (
    date_key int NOT NULL COMMENT 'dim_date.date_key: attempts on the day they started, seconds on the day they were played',
    device_key int NOT NULL COMMENT 'dim_device.device_key',
    quality_key int NOT NULL COMMENT 'dim_quality.quality_key',
    attempts int NOT NULL COMMENT 'Play attempts, count',
    plays int NOT NULL COMMENT 'Attempts that showed a first frame, count',
    known_completion_plays int NOT NULL COMMENT 'Plays of which it is known whether they are complete, count',
    complete_plays int NOT NULL COMMENT 'Plays watched to 90 % or more, count',
    watch_seconds bigint NOT NULL COMMENT 'Playing time of that day, seconds',
    PRIMARY KEY (date_key, device_key, quality_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per UTC day, device and picture quality; from MongoDB'
