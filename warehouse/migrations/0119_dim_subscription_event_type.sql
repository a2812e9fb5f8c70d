CREATE TABLE IF NOT EXISTS dim_subscription_event_type (
    event_type_key int NOT NULL COMMENT 'Key; 0 for Unknown',
    event_type varchar(16) NOT NULL COMMENT 'What happened, as in the source',
    state_after varchar(5) NULL COMMENT 'What the subscription is then: trial, paid or ended; null for what it was',
    price_effect varchar(8) NOT NULL COMMENT 'The amount as monthly price: begins (none if no amount), replaces, adds or keeps',
    PRIMARY KEY (event_type_key),
    UNIQUE KEY dim_subscription_event_type_name (event_type)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per kind of subscription event: what it makes of a subscription and of its monthly price'
