-- kept_tables: tables and views of the warehouse, and what 'svp verify --rebuild' makes of each beside it: those that
--              procedures keep from facts are rebuilt and compared, logs and marks begin empty, what refreshes only bring
--              up to date is copied, and the rest is read where it is.
-- grain:  one row per table or view
-- params: none
SELECT
    tables.table_name,
    CASE
        WHEN tables.table_name LIKE 'agg\_%' THEN 'compared'
        WHEN tables.table_name IN ('fact_category_seconds', 'customer_first_day') THEN 'compared'
        WHEN tables.table_name IN ('changed_day', 'refresh_log') THEN 'empty'
        WHEN tables.table_name IN ('dim_date', 'changed_subscription', 'plan_history') THEN 'copied'
        ELSE 'read'
    END AS role
FROM information_schema.tables
WHERE tables.table_schema = schema()
ORDER BY tables.table_name
