CREATE TABLE IF NOT EXISTS fact_event_activity (
    date_key int NOT NULL COMMENT 'dim_date.date_key',
    platform varchar(64) NOT NULL COMMENT 'Platform that the app named, or Unknown',
    country_key int NOT NULL COMMENT 'dim_country.country_key that the app named',
    events int NOT NULL COMMENT 'Events, count',
    active_users int NOT NULL COMMENT 'Users, or devices of nobody, with events, distinct; never summed',
    sessions int NOT NULL COMMENT 'Sessions with events, distinct; never summed',
    session_milliseconds_median bigint NULL COMMENT 'Median length of these sessions, nearest-rank, milliseconds; null for none',
    session_milliseconds_p95 bigint NULL COMMENT '95th percentile of their length, nearest-rank, milliseconds; null for none',
    PRIMARY KEY (date_key, platform, country_key),
    KEY fact_event_activity_platform (platform, date_key),
    KEY fact_event_activity_country (country_key, date_key)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per UTC day, platform and country with events of apps; from MongoDB'
