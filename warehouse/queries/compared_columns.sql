-- compared_columns: columns of a table that a rebuild must give again: not when and by which run a row was built, nor its number.
-- grain:  one row per column, in order
-- params: @svp_table (name of the table)
SELECT columns.column_name
FROM information_schema.columns
WHERE
    columns.table_schema = schema()
    AND columns.table_name = @svp_table
    AND columns.column_name NOT IN ('refreshed_at', 'refresh_id')
    AND columns.extra NOT LIKE '%auto_increment%'
ORDER BY columns.ordinal_position
