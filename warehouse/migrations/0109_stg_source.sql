CREATE TABLE IF NOT EXISTS stg_source (
    source varchar(64) NOT NULL COMMENT 'Source of loads',
    last_event_on date NULL COMMENT 'Last day that its complete loads touched; null when they touch no day',
    last_loaded_at DATETIME NULL COMMENT 'When its last load was complete, UTC; null before the first',
    rows_quarantined bigint NOT NULL COMMENT 'Rows of its loads that wait in quarantine, count'
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Staging: one row per source of loads, as the ledger has it'
