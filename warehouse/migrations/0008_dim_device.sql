CREATE TABLE IF NOT EXISTS dim_device (
    device_key int NOT NULL AUTO_INCREMENT COMMENT 'Key; 0 for Unknown',
    device_type varchar(64) NOT NULL COMMENT 'Kind of device',
    PRIMARY KEY (device_key),
    UNIQUE KEY dim_device_type (device_type)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'One row per kind of device'
