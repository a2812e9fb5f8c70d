CREATE TABLE IF NOT EXISTS schema_object (
    kind varchar(16) NOT NULL COMMENT 'procedure, event or view',
    name varchar(64) NOT NULL COMMENT 'Name of the object',
    checksum char(64) NOT NULL COMMENT 'SHA-256 of the file that it was installed from, as hex',
    installed_at DATETIME(6) NOT NULL COMMENT 'When it was installed last, UTC',
    PRIMARY KEY (kind, name)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per procedure, event and mart view; it is installed again only when its file changes'
