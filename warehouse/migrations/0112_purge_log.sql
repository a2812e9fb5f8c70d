CREATE TABLE IF NOT EXISTS purge_log (
    purged_before date NOT NULL COMMENT 'Days before this one were removed, and no export brings them back',
    purged_at DATETIME(6) NOT NULL COMMENT 'When that was asked for first, UTC',
    PRIMARY KEY (purged_before)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per day up to which was purged; the latest day counts'
