-- mariadb_accounts.sql: MariaDB's two accounts, made in its bootstrap, which nobody can connect to.
-- params: admin_password, password
-- The first flush turns the grant tables on; roots of other hosts and accounts without a name go.
FLUSH PRIVILEGES;
DELETE FROM mysql.global_priv WHERE User NOT IN ('root', 'mariadb.sys') OR (User = 'root' AND Host <> 'localhost');
DELETE FROM mysql.proxies_priv;
FLUSH PRIVILEGES;
ALTER USER 'root'@'localhost' IDENTIFIED BY '{admin_password}';
CREATE USER 'svp'@'%' IDENTIFIED BY '{password}';
GRANT ALL PRIVILEGES ON `svp%`.* TO 'svp'@'%' WITH GRANT OPTION;
GRANT CREATE USER, PROCESS, SET USER ON *.* TO 'svp'@'%';
