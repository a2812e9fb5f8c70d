CREATE TABLE IF NOT EXISTS fact_rating (
    date_key int NOT NULL COMMENT 'dim_date.date_key of the day it was rated',
    title_key int NOT NULL COMMENT 'dim_title.title_key',
    ratings int NOT NULL COMMENT 'Ratings, count',
    stars int NOT NULL COMMENT 'Stars, summed over ratings',
    PRIMARY KEY (date_key, title_key),
    KEY fact_rating_title (title_key, date_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'One row per UTC day and title that was rated'
