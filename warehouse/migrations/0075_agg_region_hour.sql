CREATE TABLE IF NOT EXISTS agg_region_hour (
    date_key int NOT NULL COMMENT 'dim_date.date_key',
    country_key int NOT NULL COMMENT 'dim_country.country_key',
    local_hour smallint NOT NULL COMMENT 'Hour on the clocks of the country''s zone, 0 to 23; -1 if unknown',
    plays int NOT NULL COMMENT 'Plays that started in the hour, count',
    watch_seconds bigint NOT NULL COMMENT 'Playing time of plays that started in the hour, on that day, seconds',
    top_title_key int NOT NULL COMMENT 'dim_title.title_key with most playing time, then most plays, then the first id',
    refreshed_at DATETIME NOT NULL COMMENT 'When the row was built, UTC',
    PRIMARY KEY (date_key, country_key, local_hour),
    KEY agg_region_hour_country (country_key, date_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per UTC day, country and local hour that was played in'
