CREATE TABLE IF NOT EXISTS stg_title (
    source varchar(64) NOT NULL COMMENT 'First half of the natural key',
    content_id varchar(255) NOT NULL COMMENT 'The source''s id',
    title varchar(500) NOT NULL COMMENT 'Title',
    content_type varchar(16) NOT NULL COMMENT 'movie, series, documentary, kids, sport or live',
    release_year smallint NULL COMMENT 'Year of first release',
    maturity_rating varchar(32) NULL COMMENT 'Age rating',
    language varchar(32) NULL COMMENT 'Original language',
    is_original varchar(3) NULL COMMENT 'Yes or No'
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'Staging: one row per title, as exported'
