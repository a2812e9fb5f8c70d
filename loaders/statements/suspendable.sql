-- suspendable.sql: the indexes and foreign keys that only cost while an empty table is filled: what takes each off,
-- what makes it again, and the table that a foreign key refers to. An index that a constraint rests on stays: adding
-- one locks readers out. None of a table that is not ours.
-- grain:  one row per index or foreign key
-- params: target
WITH target AS (
    SELECT
        pg_class.oid,
        cast(pg_class.oid AS regclass) AS name
    FROM pg_catalog.pg_class
    WHERE
        pg_class.oid = cast('oltp.' || quote_ident(%(target)s) AS regclass)
        AND pg_has_role(pg_class.relowner, 'USAGE')
)

SELECT
    format('DROP INDEX %%s', cast(pg_index.indexrelid AS regclass)) AS removal,
    pg_get_indexdef(pg_index.indexrelid) AS definition,
    cast(NULL AS text) AS parent
FROM target
INNER JOIN pg_catalog.pg_index ON target.oid = pg_index.indrelid
WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE pg_constraint.conindid = pg_index.indexrelid)
UNION ALL
SELECT
    format('ALTER TABLE %%s DROP CONSTRAINT %%I', target.name, pg_constraint.conname) AS removal,
    format(
        'ALTER TABLE %%s ADD CONSTRAINT %%I %%s',
        target.name, pg_constraint.conname, pg_get_constraintdef(pg_constraint.oid)
    ) AS definition,
    cast(cast(pg_constraint.confrelid AS regclass) AS text) AS parent
FROM target
INNER JOIN pg_catalog.pg_constraint ON target.oid = pg_constraint.conrelid
WHERE pg_constraint.contype = 'f';
