CREATE TABLE IF NOT EXISTS stg_hour (
    day date NOT NULL COMMENT 'UTC day',
    country varchar(100) NOT NULL COMMENT 'Country of the viewer, or Unknown',
    local_hour smallint NOT NULL COMMENT 'Hour on the clocks of the country''s zone, 0 to 23; -1 if unknown',
    title_source varchar(64) NOT NULL COMMENT 'Source of the title',
    content_id varchar(255) NOT NULL COMMENT 'The source''s id of the title',
    plays int NOT NULL COMMENT 'Plays that started in the hour, count',
    watch_seconds int NOT NULL COMMENT 'Playing time of plays that started in the hour, on that day, seconds',
    KEY stg_hour_day (day)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Staging: rows of fact_hour by natural keys, as exported'
