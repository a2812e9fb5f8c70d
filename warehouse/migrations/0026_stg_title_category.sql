CREATE TABLE IF NOT EXISTS stg_title_category (
    title_key int NOT NULL COMMENT 'dim_title.title_key',
    category_key int NOT NULL COMMENT 'dim_category.category_key that the rules give now'
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'Staging: one row per title whose category changes'
