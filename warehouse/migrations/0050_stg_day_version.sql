CREATE TABLE IF NOT EXISTS stg_day_version (
    day date NOT NULL COMMENT 'UTC day',
    version bigint NOT NULL COMMENT 'ops.day_version.version that the staged facts of the day hold'
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'Staging: one row per day to be published'
