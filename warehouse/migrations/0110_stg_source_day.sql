CREATE TABLE IF NOT EXISTS stg_source_day (
    source varchar(64) NOT NULL COMMENT 'Source of loads',
    day date NOT NULL COMMENT 'UTC day that its loads touched',
    version bigint NOT NULL COMMENT 'ops.day_version.version; 0 before a load is complete',
    is_busy varchar(3) NOT NULL COMMENT 'Yes while a load that is not complete touches the day, else No'
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Staging: one row per source of loads and day that they touched, as the ledger has it'
