-- publish_box_watch: fact_box_watch of a range of days from stg_box_watch.
-- Runs in the caller's transaction.
CREATE PROCEDURE publish_box_watch (IN in_from_key int, IN in_to_key int)
COMMENT 'Replace the days from in_from_key to in_to_key of fact_box_watch by the staged rows.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM fact_box_watch WHERE fact_box_watch.date_key BETWEEN in_from_key AND in_to_key;
    INSERT INTO fact_box_watch (date_key, customer_key, application_key, watch_seconds)
    SELECT
        stg_box_watch.date_key,
        stg_box_watch.customer_key,
        stg_box_watch.application_key,
        stg_box_watch.watch_seconds
    FROM stg_box_watch
    WHERE stg_box_watch.date_key BETWEEN in_from_key AND in_to_key;
END
