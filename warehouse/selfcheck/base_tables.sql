-- base_tables.sql: the tables of the relational store.
-- grain: one row per table
SELECT tables.table_name
FROM information_schema.tables
WHERE tables.table_schema = 'oltp' AND tables.table_type = 'BASE TABLE'
ORDER BY tables.table_name;
