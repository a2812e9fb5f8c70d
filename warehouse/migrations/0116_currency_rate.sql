CREATE TABLE IF NOT EXISTS currency_rate (
    report_currency_key int NOT NULL COMMENT 'dim_currency.currency_key of what is converted to',
    currency_key int NOT NULL COMMENT 'dim_currency.currency_key of what is converted',
    valid_from date NOT NULL COMMENT 'First UTC day of the rate; it holds until the next one begins',
    rate decimal(24, 12) NOT NULL COMMENT 'Units of the report currency for one unit of the currency',
    PRIMARY KEY (report_currency_key, currency_key, valid_from)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per pair of currencies and day from which a rate holds; kept by svp warehouse rates import'
