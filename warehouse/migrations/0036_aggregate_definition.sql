CREATE TABLE IF NOT EXISTS aggregate_definition (
    aggregate_name varchar(64) NOT NULL COMMENT 'Table agg_<name>, rebuilt by procedure refresh_<name>',
    refresh_order int NOT NULL COMMENT 'Aggregates are refreshed in this order',
    slice varchar(8) NOT NULL COMMENT 'What a changed day makes stale: its day or its month',
    changed_by_category varchar(3) NOT NULL COMMENT 'Yes when a title''s new category makes the days it was played on stale',
    changed_by_first_day varchar(
        3
    ) NOT NULL COMMENT 'Yes when a customer''s new first day makes that day and the former one stale',
    PRIMARY KEY (aggregate_name)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per aggregate: its fan-out, declared once for refresh, verify and tests'
