CREATE TABLE IF NOT EXISTS stg_subscription_event (
    day date NOT NULL COMMENT 'UTC day of the event',
    source varchar(64) NOT NULL COMMENT 'Source of the user',
    user_id varchar(255) NOT NULL COMMENT 'The source''s id of the user',
    event_number int NOT NULL COMMENT 'Number of the event within the day and the user, by time, from 1',
    customer_source varchar(64) NOT NULL COMMENT 'First half of the customer''s natural key',
    customer_code varchar(255) NOT NULL COMMENT 'The source''s id of the customer',
    event_type varchar(16) NOT NULL COMMENT 'What happened',
    plan varchar(100) NULL COMMENT 'Plan after the event; null at the end',
    amount_minor bigint NULL COMMENT 'Money charged, minor units of the currency; null for none',
    currency varchar(3) NULL COMMENT 'Code of ISO 4217; null exactly when no money was charged',
    KEY stg_subscription_event_day (day)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Staging: rows of fact_subscription_event by natural keys, as exported'
