CREATE TABLE IF NOT EXISTS stg_application_category (
    application_key int NOT NULL COMMENT 'dim_application.application_key',
    category_key int NOT NULL COMMENT 'dim_category.category_key that the mapping gives now'
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Staging: one row per application whose category changes'
