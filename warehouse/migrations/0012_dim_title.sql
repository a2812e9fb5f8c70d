CREATE TABLE IF NOT EXISTS dim_title (
    title_key int NOT NULL AUTO_INCREMENT COMMENT 'Key; 0 for Unknown',
    source varchar(64) NOT NULL COMMENT 'First half of the natural key',
    content_id varchar(255) NOT NULL COMMENT 'The source''s id of the title',
    title varchar(500) NOT NULL COMMENT 'Title; not a key, titles repeat',
    content_type varchar(16) NOT NULL COMMENT 'movie, series, documentary, kids, sport, live or Unknown',
    release_year smallint NULL COMMENT 'Year of first release; null when unknown',
    maturity_rating varchar(32) NULL COMMENT 'Age rating as the source writes it; null when unknown',
    language varchar(32) NULL COMMENT 'Original language; null when unknown',
    is_original varchar(3) NULL COMMENT 'Yes when the service made it itself, else No; null when unknown',
    category_key int NOT NULL COMMENT 'dim_category.category_key by the first rule of category_rule that matches',
    PRIMARY KEY (title_key),
    UNIQUE KEY dim_title_natural (source, content_id),
    KEY dim_title_category (category_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'One row per title'
