-- columns: the columns of the marts with their types.
-- grain: one row per view and column
-- params: none
SELECT
    columns.table_name,
    columns.column_name,
    columns.data_type
FROM information_schema.columns
WHERE columns.table_schema = schema()
