CREATE TABLE IF NOT EXISTS stg_rating (
    day date NOT NULL COMMENT 'UTC day of the rating',
    title_source varchar(64) NOT NULL COMMENT 'Source of the title',
    content_id varchar(255) NOT NULL COMMENT 'The source''s id of the title',
    ratings int NOT NULL COMMENT 'Ratings, count',
    stars int NOT NULL COMMENT 'Stars, summed over ratings',
    KEY stg_rating_day (day)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Staging: rows of fact_rating by natural keys, as exported'
