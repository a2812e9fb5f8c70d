CREATE TABLE IF NOT EXISTS agg_rating_trend (
    month_key int NOT NULL COMMENT 'dim_date.date_key of the month''s first day',
    release_year smallint NOT NULL COMMENT 'Year of first release of the titles; 0 if unknown',
    ratings int NOT NULL COMMENT 'Ratings given in the month, count',
    stars int NOT NULL COMMENT 'Stars, summed over ratings of the month',
    all_ratings bigint NOT NULL COMMENT 'Ratings of all titles by the end of the month, count',
    all_stars bigint NOT NULL COMMENT 'Stars of all titles by the end of the month, summed',
    typical_ratings int NOT NULL COMMENT '25th percentile, nearest-rank, of ratings a rated title has by the end of the month',
    refreshed_at DATETIME NOT NULL COMMENT 'When the row was built, UTC',
    PRIMARY KEY (month_key, release_year),
    KEY agg_rating_trend_release_year (release_year, month_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per release year and calendar month with ratings of its titles'
