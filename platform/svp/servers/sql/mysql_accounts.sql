-- mysql_accounts.sql: MySQL's two accounts, made while the data folder is; nobody can connect yet.
-- params: admin_password, password
-- Each statement is one line: the server reads this as its init file.
-- SET_ANY_DEFINER lets a workspace's procedures and events belong to an account made for them.
ALTER USER 'root'@'localhost' IDENTIFIED BY '{admin_password}';
CREATE USER 'svp'@'%' IDENTIFIED BY '{password}';
GRANT ALL PRIVILEGES ON `svp%`.* TO 'svp'@'%' WITH GRANT OPTION;
GRANT CREATE USER, PROCESS, {set_definer} ON *.* TO 'svp'@'%';
