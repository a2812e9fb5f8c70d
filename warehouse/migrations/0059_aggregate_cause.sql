CREATE TABLE IF NOT EXISTS aggregate_cause (
    aggregate_name varchar(64) NOT NULL COMMENT 'aggregate_definition.aggregate_name',
    cause varchar(16) NOT NULL COMMENT 'title: another content type, release year or genre of a title',
    PRIMARY KEY (aggregate_name, cause)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per aggregate and change without a day that makes stale the days it concerns'
