CREATE TABLE IF NOT EXISTS dim_genre (
    genre_key int NOT NULL AUTO_INCREMENT COMMENT 'Key; 0 for Unknown',
    genre varchar(100) NOT NULL COMMENT 'Genre',
    PRIMARY KEY (genre_key),
    UNIQUE KEY dim_genre_name (genre)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'One row per genre'
