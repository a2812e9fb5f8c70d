CREATE TABLE IF NOT EXISTS dim_quality (
    quality_key int NOT NULL AUTO_INCREMENT COMMENT 'Key; 0 for Unknown',
    quality varchar(32) NOT NULL COMMENT 'Picture quality',
    PRIMARY KEY (quality_key),
    UNIQUE KEY dim_quality_name (quality)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'One row per picture quality'
