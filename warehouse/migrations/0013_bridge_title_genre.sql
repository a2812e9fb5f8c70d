CREATE TABLE IF NOT EXISTS bridge_title_genre (
    title_key int NOT NULL COMMENT 'dim_title.title_key',
    genre_key int NOT NULL COMMENT 'dim_genre.genre_key',
    PRIMARY KEY (title_key, genre_key),
    KEY bridge_title_genre_genre (genre_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per title and genre; a title of three genres has three, so nothing is summed over it'
