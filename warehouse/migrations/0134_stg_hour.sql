CREATE TABLE IF NOT EXISTS stg_hour (
    date_key int NOT NULL COMMENT 'dim_date.date_key',
    country_key int NOT NULL COMMENT 'dim_country.country_key of the viewer',
    local_hour smallint NOT NULL COMMENT 'Hour on the clocks of the country''s zone, 0 to 23; -1 if unknown',
    title_key int NOT NULL COMMENT 'dim_title.title_key',
    plays int NOT NULL COMMENT 'Plays that started in the hour, count',
    watch_seconds int NOT NULL COMMENT 'Playing time of plays that started in the hour, on that day, seconds'
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Staging: rows of fact_hour, in the order of its key'
