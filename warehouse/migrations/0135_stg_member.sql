CREATE TABLE IF NOT EXISTS stg_member (
    dimension varchar(8) NOT NULL COMMENT 'customer, title, device or country',
    member_key bigint NULL COMMENT 'PostgreSQL''s key of the user or title; null for a device or country',
    source varchar(64) NULL COMMENT 'Source of the customer or title; null for a device or country',
    member_name varchar(255) NOT NULL COMMENT 'The source''s id of the customer or title; the kind of device; the country'
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'Staging: one row per member that plays of exported days name, a customer once for each user'
