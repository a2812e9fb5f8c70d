-- postgres_columns: every column of the tables of schemas oltp and ops, in order, with what it refers to.
SELECT
    pg_namespace.nspname || '.' || pg_class.relname,
    coalesce(obj_description(pg_class.oid, 'pg_class'), ''),
    pg_attribute.attname,
    format_type(pg_attribute.atttypid, pg_attribute.atttypmod),
    NOT pg_attribute.attnotnull AS is_nullable,
    EXISTS (
        SELECT 1 FROM pg_constraint
        WHERE pg_constraint.conrelid = pg_class.oid AND pg_constraint.contype = 'p'
            AND pg_attribute.attnum = any(pg_constraint.conkey)
    ) AS is_key,
    coalesce(col_description(pg_class.oid, pg_attribute.attnum), ''),
    (
        SELECT min(pg_constraint.confrelid::regclass::text) FROM pg_constraint
        WHERE pg_constraint.conrelid = pg_class.oid AND pg_constraint.contype = 'f'
            AND pg_attribute.attnum = any(pg_constraint.conkey)
    ) AS refers_to
FROM pg_class
INNER JOIN pg_namespace ON pg_class.relnamespace = pg_namespace.oid
INNER JOIN pg_attribute ON pg_class.oid = pg_attribute.attrelid
WHERE
    pg_namespace.nspname IN ('oltp', 'ops')
    AND pg_class.relkind IN ('r', 'p')
    AND pg_attribute.attnum > 0
    AND NOT pg_attribute.attisdropped
ORDER BY pg_namespace.nspname, pg_class.relname, pg_attribute.attnum
