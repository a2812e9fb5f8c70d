-- mart_columns: columns of one view with their types; the default database is that of the marts.
-- grain:  one row per column, in order
-- params: @svp_view (name of the view)
SELECT
    columns.column_name,
    columns.data_type,
    columns.numeric_precision,
    columns.numeric_scale
FROM information_schema.columns
WHERE columns.table_schema = schema() AND columns.table_name = @svp_view
ORDER BY columns.ordinal_position
