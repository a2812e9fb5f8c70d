CREATE TABLE IF NOT EXISTS stg_watch (
    date_key int NOT NULL COMMENT 'dim_date.date_key',
    customer_key int NOT NULL COMMENT 'dim_customer.customer_key',
    title_key int NOT NULL COMMENT 'dim_title.title_key',
    device_key int NOT NULL COMMENT 'dim_device.device_key',
    plays int NOT NULL COMMENT 'Plays, count',
    valid_plays int NOT NULL COMMENT 'Plays of 30 seconds or more, count',
    known_completion_plays int NOT NULL COMMENT 'Plays of which it is known whether they are complete, count',
    complete_plays int NOT NULL COMMENT 'Plays watched to 90 % or more, count',
    watch_seconds int NOT NULL COMMENT 'Playing time of that day, seconds'
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Staging: rows of fact_watch, in the order of its key'
