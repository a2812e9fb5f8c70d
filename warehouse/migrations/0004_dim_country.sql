CREATE TABLE IF NOT EXISTS dim_country (
    country_key int NOT NULL AUTO_INCREMENT COMMENT 'Key; 0 for Unknown',
    country varchar(100) NOT NULL COMMENT 'Country, English name',
    PRIMARY KEY (country_key),
    UNIQUE KEY dim_country_name (country)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'One row per country'
