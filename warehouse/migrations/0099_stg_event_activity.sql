CREATE TABLE IF NOT EXISTS stg_event_activity (
    day date NOT NULL COMMENT 'UTC day',
    platform varchar(64) NOT NULL COMMENT 'Platform that the app named, or Unknown',
    country varchar(100) NOT NULL COMMENT 'Country that the app named, or Unknown',
    events int NOT NULL COMMENT 'Events, count',
    active_users int NOT NULL COMMENT 'Users, or devices of nobody, with events, distinct; never summed',
    sessions int NOT NULL COMMENT 'Sessions with events, distinct; never summed',
    session_milliseconds_median bigint NULL COMMENT 'Median length of these sessions, nearest-rank, milliseconds; null for none',
    session_milliseconds_p95 bigint NULL COMMENT '95th percentile of their length, nearest-rank, milliseconds; null for none',
    KEY stg_event_activity_day (day)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Staging: rows of fact_event_activity by natural keys, as exported'
