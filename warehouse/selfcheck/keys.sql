-- keys.sql: the indexes and constraints of the relational store, and whether each is valid.
-- grain: one row per index or constraint
SELECT concat_ws(' ', cast(conrelid AS regclass), conname, pg_get_constraintdef(oid), convalidated) AS said
FROM pg_catalog.pg_constraint
WHERE connamespace = cast('oltp' AS regnamespace)
UNION ALL
SELECT concat_ws(' ', pg_get_indexdef(pg_index.indexrelid), pg_index.indisvalid) AS said
FROM pg_catalog.pg_index
INNER JOIN pg_catalog.pg_class ON pg_index.indexrelid = pg_class.oid
WHERE pg_class.relnamespace = cast('oltp' AS regnamespace)
ORDER BY said;
