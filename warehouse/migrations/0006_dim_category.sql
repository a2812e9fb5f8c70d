CREATE TABLE IF NOT EXISTS dim_category (
    category_key int NOT NULL COMMENT 'Key; 0 for Unknown; from 1 in the order that breaks ties',
    category varchar(16) NOT NULL COMMENT 'Child, Movie, Relax, Sport, TV or Unknown',
    PRIMARY KEY (category_key),
    UNIQUE KEY dim_category_name (category)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'One row per category of what is watched'
