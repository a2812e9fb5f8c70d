CREATE TABLE IF NOT EXISTS customer_user (
    source varchar(64) NOT NULL COMMENT 'First half of the natural key of the user',
    user_id varchar(255) NOT NULL COMMENT 'The source''s id of the user',
    customer_key int NOT NULL COMMENT 'dim_customer.customer_key of the customer that the user is',
    PRIMARY KEY (source, user_id),
    KEY customer_user_customer (customer_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per user of the apps; the users of one contract are one customer'
