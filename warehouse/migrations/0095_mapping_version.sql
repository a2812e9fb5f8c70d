CREATE TABLE IF NOT EXISTS mapping_version (
    version int NOT NULL AUTO_INCREMENT COMMENT 'Number of the mapping, rising',
    imported_at DATETIME(6) NOT NULL COMMENT 'When it was put into force, UTC',
    content mediumtext NOT NULL COMMENT 'Applications and rules for titles, as TOML: what svp mapping import reads',
    PRIMARY KEY (version)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per mapping of categories that was in force, from the first import on'
