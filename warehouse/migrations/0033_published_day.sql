CREATE TABLE IF NOT EXISTS published_day (
    date_key int NOT NULL COMMENT 'dim_date.date_key',
    version bigint NOT NULL COMMENT 'ops.day_version.version that the facts of the day hold',
    source_loads int NOT NULL COMMENT 'Completed loads that touched the day, count',
    published_at DATETIME(6) NOT NULL COMMENT 'When the day was published last, UTC',
    PRIMARY KEY (date_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per day whose facts are here; a day is exported again when its version rises'
