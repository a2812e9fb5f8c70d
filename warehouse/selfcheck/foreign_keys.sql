-- foreign_keys.sql: the columns of the relational store that refer to another table, and that table's primary key; a
-- key of several columns says itself what it refers to.
-- grain: one row per column
SELECT
    referring.relname AS table_name,
    own.attname AS column_name,
    referred.relname AS parent,
    theirs.attname AS parent_key
FROM pg_catalog.pg_constraint
INNER JOIN pg_catalog.pg_class AS referring ON pg_constraint.conrelid = referring.oid
INNER JOIN pg_catalog.pg_class AS referred ON pg_constraint.confrelid = referred.oid
INNER JOIN pg_catalog.pg_attribute AS own
    ON referring.oid = own.attrelid AND own.attnum = pg_constraint.conkey[1]
INNER JOIN pg_catalog.pg_attribute AS theirs
    ON referred.oid = theirs.attrelid AND theirs.attnum = pg_constraint.confkey[1]
WHERE
    pg_constraint.contype = 'f'
    AND cardinality(pg_constraint.conkey) = 1
    AND pg_constraint.connamespace = cast('oltp' AS regnamespace)
    AND referred.relnamespace = cast('oltp' AS regnamespace)
ORDER BY referring.relname, own.attname;
