CREATE TABLE IF NOT EXISTS dim_currency (
    currency_key int NOT NULL AUTO_INCREMENT COMMENT 'Key; 0 where there is no money',
    currency varchar(16) NOT NULL COMMENT 'Code of ISO 4217',
    minor_units int NOT NULL COMMENT 'Minor units of one unit: 1, 100, 1000 or 10000',
    is_reported varchar(3) NOT NULL COMMENT 'Yes for the one currency that marts report, else No',
    PRIMARY KEY (currency_key),
    UNIQUE KEY dim_currency_code (currency)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per currency; a new one has 100 minor units'
