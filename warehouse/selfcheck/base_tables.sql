-- base_tables.sql: the tables of the relational store, and the key of each that a sequence gives; null for none.
-- grain: one row per table
SELECT
    tables.table_name,
    columns.column_name AS sequence_key
FROM information_schema.tables
LEFT JOIN information_schema.columns
    ON
        tables.table_schema = columns.table_schema
        AND tables.table_name = columns.table_name
        AND columns.is_identity = 'YES'
WHERE tables.table_schema = 'oltp' AND tables.table_type = 'BASE TABLE'
ORDER BY tables.table_name;
