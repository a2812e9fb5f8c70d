-- kept_tables: tables and views of the warehouse, what 'svp verify --rebuild' begins with for each beside it, and whether
--              it compares the outcome. What procedures make from facts begins empty, as do logs and marks; what they
--              only bring up to date begins as a copy; the rest is read where it is, through a view. country_history is
--              of the rest: loads told of it one after the other, and no fact says it again.
-- grain:  one row per table or view
-- params: none
SELECT
    tables.table_name,
    CASE
        WHEN tables.table_name LIKE 'agg\_%' THEN 'empty'
        WHEN
            tables.table_name IN (
                'fact_category_seconds', 'plan_history', 'changed_day', 'changed_subscription', 'refresh_log'
            )
            THEN 'empty'
        WHEN tables.table_name IN ('customer_first_day', 'dim_date', 'dim_month') THEN 'copy'
        ELSE 'view'
    END AS begins_as,
    CASE
        WHEN tables.table_name LIKE 'agg\_%' THEN 'Yes'
        WHEN tables.table_name IN ('fact_category_seconds', 'customer_first_day', 'plan_history') THEN 'Yes'
        ELSE 'No'
    END AS is_compared
FROM information_schema.tables
WHERE tables.table_schema = schema()
ORDER BY tables.table_name
