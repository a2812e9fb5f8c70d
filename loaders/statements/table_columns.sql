-- table_columns.sql: the columns of a table of rows, its primary key first.
-- grain:  one row per column
-- params: target
SELECT columns.column_name
FROM information_schema.columns
WHERE columns.table_schema = 'oltp' AND columns.table_name = %(target)s
ORDER BY columns.ordinal_position;
