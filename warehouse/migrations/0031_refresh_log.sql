CREATE TABLE IF NOT EXISTS refresh_log (
    refresh_id int NOT NULL AUTO_INCREMENT COMMENT 'Key, in the order of starts',
    procedure_name varchar(64) NOT NULL COMMENT 'Procedure that ran',
    from_day date NULL COMMENT 'First day asked for; null when it takes no days',
    to_day date NULL COMMENT 'Last day asked for; null when it takes no days',
    connection_id bigint NOT NULL COMMENT 'Connection that ran it',
    started_at DATETIME(6) NOT NULL COMMENT 'Start, UTC',
    ended_at DATETIME(6) NULL COMMENT 'End, UTC; null while it runs',
    row_count bigint NULL COMMENT 'Rows written, or ranges rebuilt by refresh_changed_days; null unless it is done',
    outcome varchar(16) NOT NULL COMMENT 'running, done, failed, or interrupted when the connection ended before the procedure',
    sql_state char(5) NULL COMMENT 'SQLSTATE of the failure',
    message varchar(500) NULL COMMENT 'Message of the failure',
    PRIMARY KEY (refresh_id),
    KEY refresh_log_procedure (procedure_name, refresh_id),
    KEY refresh_log_outcome (outcome)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'Run log: one row per run of a procedure'
