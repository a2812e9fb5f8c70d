-- mysql_columns: every column of the tables and views of one database, in order.
-- params: database (name)
SELECT
    tables.table_name,
    tables.table_type = 'VIEW' AS is_view,
    tables.table_comment,
    columns.column_name,
    columns.column_type,
    columns.is_nullable = 'YES' AS is_nullable,
    columns.column_key = 'PRI' AS is_key,
    columns.column_comment
FROM information_schema.columns AS columns
INNER JOIN information_schema.tables AS tables
    ON columns.table_schema = tables.table_schema AND columns.table_name = tables.table_name
WHERE columns.table_schema = %(database)s
ORDER BY tables.table_name, columns.ordinal_position
