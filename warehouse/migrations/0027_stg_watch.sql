CREATE TABLE IF NOT EXISTS stg_watch (
    day date NOT NULL COMMENT 'UTC day',
    customer_source varchar(64) NOT NULL COMMENT 'Source of the customer',
    customer_code varchar(255) NOT NULL COMMENT 'The source''s id of the customer',
    title_source varchar(64) NOT NULL COMMENT 'Source of the title',
    content_id varchar(255) NOT NULL COMMENT 'The source''s id of the title',
    device_type varchar(64) NULL COMMENT 'Kind of device',
    plays int NOT NULL COMMENT 'Plays, count',
    valid_plays int NOT NULL COMMENT 'Plays of 30 seconds or more, count',
    known_completion_plays int NOT NULL COMMENT 'Plays of which it is known whether they are complete, count',
    complete_plays int NOT NULL COMMENT 'Plays watched to 90 % or more, count',
    watch_seconds int NOT NULL COMMENT 'Playing time of that day, seconds',
    KEY stg_watch_day (day)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Staging: rows of fact_watch by natural keys, as exported'
