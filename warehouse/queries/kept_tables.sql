-- kept_tables: tables and views of the warehouse; those that procedures keep from facts are rebuilt by
--              'svp verify --rebuild', with the logs and marks that this writes, and the others are read by it.
-- grain:  one row per table or view
-- params: none
SELECT
    tables.table_name,
    CASE
        WHEN tables.table_name LIKE 'agg\_%' THEN 'compared'
        WHEN tables.table_name IN ('fact_category_seconds', 'customer_first_day') THEN 'compared'
        WHEN tables.table_name IN ('changed_day', 'refresh_log') THEN 'written'
        ELSE 'read'
    END AS role
FROM information_schema.tables
WHERE tables.table_schema = schema()
ORDER BY tables.table_name
