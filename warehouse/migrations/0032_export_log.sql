CREATE TABLE IF NOT EXISTS export_log (
    export_id int NOT NULL AUTO_INCREMENT COMMENT 'Key, in the order of starts',
    started_at DATETIME(6) NOT NULL COMMENT 'Start, UTC',
    ended_at DATETIME(6) NULL COMMENT 'End, UTC; null while it runs',
    day_count int NULL COMMENT 'Days published; null unless it is done',
    row_count bigint NULL COMMENT 'Rows staged; null unless it is done',
    outcome varchar(16) NOT NULL COMMENT 'running, done, failed, or interrupted when the program ended before the export',
    message varchar(500) NULL COMMENT 'Message of the failure',
    PRIMARY KEY (export_id)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Export log: one row per export from PostgreSQL and MongoDB'
