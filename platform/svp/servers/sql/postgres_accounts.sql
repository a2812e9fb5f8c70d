-- postgres_accounts.sql: the account that svp works with, made once, in the first and only single-user start.
-- params: password
-- Each statement is one line: in single-user mode a line end ends a statement.
CREATE ROLE svp LOGIN CREATEDB PASSWORD '{password}';
