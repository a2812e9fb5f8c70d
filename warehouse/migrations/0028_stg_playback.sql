CREATE TABLE IF NOT EXISTS stg_playback (
    day date NOT NULL COMMENT 'UTC day',
    device_type varchar(64) NULL COMMENT 'Kind of device',
    quality varchar(32) NULL COMMENT 'Picture quality',
    attempts int NOT NULL COMMENT 'Play attempts, count',
    plays int NOT NULL COMMENT 'Attempts that showed a first frame, count',
    known_completion_plays int NOT NULL COMMENT 'Plays of which it is known whether they are complete, count',
    complete_plays int NOT NULL COMMENT 'Plays watched to 90 % or more, count',
    watch_seconds bigint NOT NULL COMMENT 'Playing time of that day, seconds',
    KEY stg_playback_day (day)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'Staging: rows of fact_playback by names, as exported'
