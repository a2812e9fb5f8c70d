CREATE TABLE IF NOT EXISTS dim_plan (
    plan_key int NOT NULL AUTO_INCREMENT COMMENT 'Key; 0 for Unknown',
    plan varchar(100) NOT NULL COMMENT 'Subscription plan',
    PRIMARY KEY (plan_key),
    UNIQUE KEY dim_plan_name (plan)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin COMMENT = 'One row per subscription plan'
