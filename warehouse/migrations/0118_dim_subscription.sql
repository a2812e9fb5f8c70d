CREATE TABLE IF NOT EXISTS dim_subscription (
    subscription_key int NOT NULL AUTO_INCREMENT COMMENT 'Key',
    source varchar(64) NOT NULL COMMENT 'First half of the natural key',
    user_id varchar(255) NOT NULL COMMENT 'The source''s id of the user whose subscription it is',
    PRIMARY KEY (subscription_key),
    UNIQUE KEY dim_subscription_natural (source, user_id)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per subscription: that of one user of the apps, through all that becomes of it'
