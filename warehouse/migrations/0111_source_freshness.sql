CREATE TABLE IF NOT EXISTS source_freshness (
    source varchar(64) NOT NULL COMMENT 'Source of loads',
    last_event_on date NULL COMMENT 'Last day that its loads touched; null when they touch no day',
    last_loaded_at DATETIME NULL COMMENT 'When its last load was complete, UTC; null before the first',
    last_exported_at DATETIME NULL COMMENT 'When one of its days, or else a dimension, was published last, UTC; null for never',
    days_pending int NOT NULL COMMENT 'Days of it that wait for an export or a load, count',
    rows_quarantined bigint NOT NULL COMMENT 'Rows of its loads that wait in quarantine, count',
    PRIMARY KEY (source)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per source of loads; kept by every export'
