CREATE TABLE IF NOT EXISTS fact_concurrency (
    date_key int NOT NULL COMMENT 'dim_date.date_key',
    peak_concurrent_streams int NULL COMMENT 'Most sessions open at a minute mark; null when no session has a time',
    peak_minute_at DATETIME NULL COMMENT 'Earliest minute mark of the peak, UTC; null when the peak is 0 or unknown',
    sessions_without_time int NOT NULL COMMENT 'Sessions left out because the source gives a date only, count',
    PRIMARY KEY (date_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'One row per UTC day: how many streams ran at once'
