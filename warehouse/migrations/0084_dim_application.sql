CREATE TABLE IF NOT EXISTS dim_application (
    application_key int NOT NULL AUTO_INCREMENT COMMENT 'Key; 0 for Unknown',
    application varchar(100) NOT NULL COMMENT 'Application as boxes log it, trimmed, compared by bytes',
    category_key int NOT NULL COMMENT 'dim_category.category_key by application_category',
    PRIMARY KEY (application_key),
    UNIQUE KEY dim_application_name (application)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per application that a set-top box logged'
