CREATE TABLE IF NOT EXISTS dim_watch_source (
    watch_source_key int NOT NULL COMMENT 'Key; 0 for Unknown',
    watch_source varchar(16) NOT NULL COMMENT 'App or Set-top box',
    PRIMARY KEY (watch_source_key),
    UNIQUE KEY dim_watch_source_name (watch_source)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'One row per way to watch'
