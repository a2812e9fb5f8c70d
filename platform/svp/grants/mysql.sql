-- MySQL 8.4 and later, MariaDB 10.11 and later: run by an administrator, before or after 'svp init' and after an
-- upgrade. Safe to repeat. Write a password, in quotes, in place of each <password of …>.
-- In names of databases \_ is an underscore. Where MySQL's partial_revokes is ON, write _ instead.

CREATE USER IF NOT EXISTS '$owner'@'%' IDENTIFIED BY <password of $owner>;
CREATE USER IF NOT EXISTS '$loader'@'%' IDENTIFIED BY <password of $loader>;
CREATE USER IF NOT EXISTS '$refresher'@'%' IDENTIFIED BY <password of $refresher>;
CREATE USER IF NOT EXISTS '$reader'@'%' IDENTIFIED BY <password of $reader>;

-- The owner makes databases, tables, procedures, events and views. Views read with its rights.
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, CREATE VIEW, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, EVENT ON $warehouse.* TO '$owner'@'%';
GRANT SELECT, CREATE, DROP, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EXECUTE ON $mart.* TO '$owner'@'%';
-- 'svp verify --rebuild' makes this database, and drops it at the end.
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, CREATE VIEW, CREATE ROUTINE, ALTER ROUTINE, EXECUTE ON $rebuild.* TO '$owner'@'%';

-- The loader fills staging tables and publishes what is there. It empties them by TRUNCATE, which takes DROP; the
-- right to CREATE lets this be granted before they are there.
GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON $warehouse.* TO '$loader'@'%';
$emptying

-- The refresher calls refresh_changed_days, which works with the owner's rights, and is the definer of events:
-- 'svp warehouse schedule on' with this account, after 'svp init'. What it reads is for 'svp warehouse status'.
GRANT SELECT, EXECUTE, EVENT ON $warehouse.* TO '$refresher'@'%';
GRANT $reader_rights ON $mart.* TO '$refresher'@'%';

-- The reader reads the marts.
GRANT $reader_rights ON $mart.* TO '$reader'@'%';
