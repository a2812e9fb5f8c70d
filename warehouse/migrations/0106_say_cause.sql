ALTER TABLE aggregate_cause MODIFY COLUMN cause varchar(
    16
) NOT NULL COMMENT 'title: another content type, release year or genre; sign-up: another day of sign-up, from which on'
