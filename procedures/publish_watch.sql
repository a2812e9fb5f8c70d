-- publish_watch: fact_watch of a range of days from stg_watch.
-- Runs in the caller's transaction.
CREATE PROCEDURE publish_watch (IN in_from_key int, IN in_to_key int)
COMMENT 'Replace the days from in_from_key to in_to_key of fact_watch by the staged rows.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM fact_watch WHERE fact_watch.date_key BETWEEN in_from_key AND in_to_key;
    INSERT INTO fact_watch (
        date_key, customer_key, title_key, device_key,
        plays, valid_plays, known_completion_plays, complete_plays, watch_seconds
    )
    SELECT
        stg_watch.date_key,
        stg_watch.customer_key,
        stg_watch.title_key,
        stg_watch.device_key,
        stg_watch.plays,
        stg_watch.valid_plays,
        stg_watch.known_completion_plays,
        stg_watch.complete_plays,
        stg_watch.watch_seconds
    FROM stg_watch
    WHERE stg_watch.date_key BETWEEN in_from_key AND in_to_key;
END
