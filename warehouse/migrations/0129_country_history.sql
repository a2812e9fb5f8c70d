CREATE TABLE IF NOT EXISTS country_history (
    customer_key int NOT NULL COMMENT 'dim_customer.customer_key',
    valid_from date NOT NULL COMMENT 'Sign-up day, for later countries the UTC day of the load that told of it',
    valid_to date NOT NULL COMMENT 'First UTC day on which it is no more so; 9999-12-31 for none',
    country_key int NOT NULL COMMENT 'dim_country.country_key',
    PRIMARY KEY (customer_key, valid_from),
    KEY country_history_country (country_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per customer and stretch of days in one country, as far as loads have told'
