CREATE TABLE IF NOT EXISTS fact_subscription_event (
    date_key int NOT NULL COMMENT 'dim_date.date_key of the event',
    subscription_key int NOT NULL COMMENT 'dim_subscription.subscription_key',
    event_number int NOT NULL COMMENT 'Number of the event within the day and the subscription, by time, from 1',
    customer_key int NOT NULL COMMENT 'dim_customer.customer_key of who pays',
    event_type_key int NOT NULL COMMENT 'dim_subscription_event_type.event_type_key',
    plan_key int NOT NULL COMMENT 'dim_plan.plan_key after the event; 0 at the end',
    amount_minor bigint NULL COMMENT 'Money charged, minor units of the currency; null for none',
    currency_key int NOT NULL COMMENT 'dim_currency.currency_key; 0 exactly when no money was charged',
    PRIMARY KEY (date_key, subscription_key, event_number),
    KEY fact_subscription_event_subscription (subscription_key, date_key),
    KEY fact_subscription_event_customer (customer_key, date_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per event of a subscription, since their order counts; from PostgreSQL'
