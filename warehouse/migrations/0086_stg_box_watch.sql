CREATE TABLE IF NOT EXISTS stg_box_watch (
    day date NOT NULL COMMENT 'The operator''s business day',
    contract_code varchar(255) NULL COMMENT 'Contract; null when the box names none',
    application varchar(100) NULL COMMENT 'Application; null when the box names none',
    watch_seconds bigint NOT NULL COMMENT 'Time on, seconds',
    KEY stg_box_watch_day (day)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Staging: rows of fact_box_watch by natural keys, as exported'
