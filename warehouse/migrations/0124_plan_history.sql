CREATE TABLE IF NOT EXISTS plan_history (
    subscription_key int NOT NULL COMMENT 'dim_subscription.subscription_key',
    valid_from date NOT NULL COMMENT 'First UTC day; a day is what it was when it ended',
    valid_to date NOT NULL COMMENT 'First UTC day on which it is no more so; 9999-12-31 for none',
    customer_key int NOT NULL COMMENT 'dim_customer.customer_key of who pays',
    plan_key int NOT NULL COMMENT 'dim_plan.plan_key',
    is_trial varchar(3) NOT NULL COMMENT 'Yes while it is tried out, else No',
    price_minor decimal(38, 0) NULL COMMENT 'Monthly price, minor units of the currency; null for a trial and where nobody knows',
    currency_key int NOT NULL COMMENT 'dim_currency.currency_key of the price; 0 for none',
    price_from date NOT NULL COMMENT 'UTC day on which this price began; it is converted at the rate of that day',
    report_price_minor decimal(38, 0) NULL COMMENT 'The price, minor units of the report currency; null for none, or no rate',
    PRIMARY KEY (subscription_key, valid_from),
    KEY plan_history_customer (customer_key, valid_from),
    KEY plan_history_from (valid_from),
    KEY plan_history_to (valid_to)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per subscription and stretch of days of one plan and price; none while it is ended'
