-- references.sql: the columns of other tables that refer to a table and keep its rows from going.
-- grain:  one row per column
-- params: target
SELECT
    referring.relname AS table_name,
    attribute.attname AS column_name
FROM pg_catalog.pg_constraint
INNER JOIN pg_catalog.pg_class AS referring ON pg_constraint.conrelid = referring.oid
INNER JOIN pg_catalog.pg_attribute AS attribute
    ON referring.oid = attribute.attrelid AND attribute.attnum = pg_constraint.conkey[1]
WHERE
    pg_constraint.contype = 'f'
    AND pg_constraint.confdeltype <> 'c'
    AND pg_constraint.confrelid = cast('oltp.' || quote_ident(%(target)s) AS regclass)
ORDER BY referring.relname, attribute.attname;
