CREATE TABLE IF NOT EXISTS stg_title_genre (
    source varchar(64) NOT NULL COMMENT 'Source of the title',
    content_id varchar(255) NOT NULL COMMENT 'The source''s id of the title',
    genre varchar(100) NOT NULL COMMENT 'Genre'
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'Staging: one row per title and genre, as exported'
