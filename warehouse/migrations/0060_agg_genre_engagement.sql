CREATE TABLE IF NOT EXISTS agg_genre_engagement (
    date_key int NOT NULL COMMENT 'dim_date.date_key',
    genre_key int NOT NULL COMMENT 'dim_genre.genre_key; a title counts in each of its genres',
    plays int NOT NULL COMMENT 'Plays, count',
    watch_seconds bigint NOT NULL COMMENT 'Playing time, seconds',
    unique_viewers int NOT NULL COMMENT 'Customers with playing time of the genre, distinct; never summed',
    refreshed_at DATETIME NOT NULL COMMENT 'When the row was built, UTC',
    PRIMARY KEY (date_key, genre_key),
    KEY agg_genre_engagement_genre (genre_key, date_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per UTC day and genre that was played; never summed over genres'
