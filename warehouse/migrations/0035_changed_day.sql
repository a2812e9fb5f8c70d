CREATE TABLE IF NOT EXISTS changed_day (
    aggregate_name varchar(64) NOT NULL COMMENT 'aggregate_definition.aggregate_name',
    date_key int NOT NULL COMMENT 'dim_date.date_key of the first day of the slice',
    changed_at DATETIME(6) NOT NULL COMMENT 'When the slice went stale last, UTC',
    PRIMARY KEY (aggregate_name, date_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per slice of an aggregate to be rebuilt; the rebuild deletes it in its own transaction'
