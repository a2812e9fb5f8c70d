CREATE TABLE IF NOT EXISTS agg_format_engagement (
    date_key int NOT NULL COMMENT 'dim_date.date_key',
    content_type varchar(16) NOT NULL COMMENT 'Content type of dim_title',
    plays int NOT NULL COMMENT 'Plays, count',
    known_completion_plays int NOT NULL COMMENT 'Plays of which it is known whether they are complete, count',
    complete_plays int NOT NULL COMMENT 'Plays watched to 90 % or more, count',
    watch_seconds bigint NOT NULL COMMENT 'Playing time, seconds',
    refreshed_at DATETIME NOT NULL COMMENT 'When the row was built, UTC',
    PRIMARY KEY (date_key, content_type),
    KEY agg_format_engagement_content_type (content_type, date_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per UTC day and content type that was played'
