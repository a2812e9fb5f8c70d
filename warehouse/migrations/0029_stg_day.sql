CREATE TABLE IF NOT EXISTS stg_day (
    day date NOT NULL COMMENT 'UTC day',
    peak_concurrent_streams int NULL COMMENT 'Most sessions open at a minute mark',
    peak_minute_at DATETIME NULL COMMENT 'Earliest minute mark of the peak, UTC',
    sessions_without_time int NOT NULL COMMENT 'Sessions left out, count',
    source_loads int NOT NULL COMMENT 'Completed loads that touched the day, count',
    KEY stg_day_day (day)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'Staging: one row per exported day'
