CREATE TABLE IF NOT EXISTS changed_subscription (
    subscription_key int NOT NULL COMMENT 'dim_subscription.subscription_key',
    changed_at DATETIME(6) NOT NULL COMMENT 'When its events changed last, UTC',
    PRIMARY KEY (subscription_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per subscription whose part of plan_history is to be rebuilt; the rebuild deletes it in its own transaction'
