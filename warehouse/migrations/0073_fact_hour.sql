CREATE TABLE IF NOT EXISTS fact_hour (
    date_key int NOT NULL COMMENT 'dim_date.date_key: plays on the day they started, seconds on the day they were played',
    country_key int NOT NULL COMMENT 'dim_country.country_key of the viewer when the day was published',
    local_hour smallint NOT NULL COMMENT 'Hour on the clocks of the country''s zone, 0 to 23; -1 if unknown',
    title_key int NOT NULL COMMENT 'dim_title.title_key',
    plays int NOT NULL COMMENT 'Plays that started in the hour, count',
    watch_seconds int NOT NULL COMMENT 'Playing time of plays that started in the hour, on that day, seconds',
    PRIMARY KEY (date_key, country_key, local_hour, title_key),
    KEY fact_hour_title (title_key, date_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per UTC day, country, local hour and title; from PostgreSQL'
