CREATE TABLE IF NOT EXISTS schema_migration (
    migration_number int NOT NULL COMMENT 'Number in the name of the file',
    name varchar(200) NOT NULL COMMENT 'Name of the file without its ending',
    checksum char(64) NOT NULL COMMENT 'SHA-256 of the file, as hex',
    applied_at DATETIME(6) NOT NULL COMMENT 'When it was applied, UTC',
    PRIMARY KEY (migration_number)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'One row per migration that was applied'
