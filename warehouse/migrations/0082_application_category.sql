CREATE TABLE IF NOT EXISTS application_category (
    application varchar(100) NOT NULL COMMENT 'Application as boxes log it, trimmed, compared by bytes',
    category_key int NOT NULL COMMENT 'dim_category.category_key that the application gets',
    PRIMARY KEY (application)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per application of set-top boxes that has a category; any other is Unknown'
