ALTER TABLE stg_member
    COMMENT = 'Staging: one row per member that facts of exported days name, a customer once for each user',
    MODIFY COLUMN dimension varchar(16) NOT NULL COMMENT 'customer, title, device, country or application',
    MODIFY COLUMN member_key bigint NULL COMMENT 'PostgreSQL''s key of the user or title; a number of what boxes name'
