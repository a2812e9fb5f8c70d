CREATE TABLE IF NOT EXISTS dim_segment (
    segment_key int NOT NULL COMMENT 'Key; 0 for Unknown',
    segment varchar(20) NOT NULL COMMENT 'Segment by active days in a month',
    from_active_days smallint NULL COMMENT 'Fewest active days of the segment; null for Unknown',
    to_active_days smallint NULL COMMENT 'Most active days of the segment; null for Unknown',
    PRIMARY KEY (segment_key),
    UNIQUE KEY dim_segment_name (segment)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'One row per segment of customers'
