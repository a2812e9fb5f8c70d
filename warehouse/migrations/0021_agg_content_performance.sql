CREATE TABLE IF NOT EXISTS agg_content_performance (
    date_key int NOT NULL COMMENT 'dim_date.date_key',
    title_key int NOT NULL COMMENT 'dim_title.title_key',
    plays int NOT NULL COMMENT 'Plays, count',
    unique_viewers int NOT NULL COMMENT 'Customers with playing time of the title, distinct; never summed',
    known_completion_plays int NOT NULL COMMENT 'Plays of which it is known whether they are complete, count',
    complete_plays int NOT NULL COMMENT 'Plays watched to 90 % or more, count',
    watch_seconds bigint NOT NULL COMMENT 'Playing time, seconds',
    ratings int NOT NULL COMMENT 'Ratings given on the day, count',
    stars int NOT NULL COMMENT 'Stars, summed over ratings',
    refreshed_at DATETIME NOT NULL COMMENT 'When the row was built, UTC',
    PRIMARY KEY (date_key, title_key),
    KEY agg_content_performance_title (title_key, date_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per UTC day and title that was played or rated'
