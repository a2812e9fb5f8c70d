-- publish_watch: fact_watch of one day from stg_watch.
-- Runs in the caller's transaction.
CREATE PROCEDURE publish_watch (IN in_date_key int, IN in_day date)
COMMENT 'Replace one UTC day of fact_watch by the staged rows.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM fact_watch WHERE fact_watch.date_key = in_date_key;
    INSERT INTO fact_watch (
        date_key, customer_key, title_key, device_key,
        plays, valid_plays, known_completion_plays, complete_plays, watch_seconds
    )
    SELECT
        in_date_key,
        dim_customer.customer_key,
        dim_title.title_key,
        coalesce(dim_device.device_key, 0),
        sum(stg_watch.plays),
        sum(stg_watch.valid_plays),
        sum(stg_watch.known_completion_plays),
        sum(stg_watch.complete_plays),
        sum(stg_watch.watch_seconds)
    FROM stg_watch
    INNER JOIN dim_customer
        ON
            stg_watch.customer_source = dim_customer.source
            AND stg_watch.customer_code = dim_customer.customer_code
    INNER JOIN dim_title
        ON
            stg_watch.title_source = dim_title.source
            AND stg_watch.content_id = dim_title.content_id
    LEFT JOIN dim_device ON stg_watch.device_type = dim_device.device_type
    WHERE stg_watch.day = in_day
    GROUP BY dim_customer.customer_key, dim_title.title_key, coalesce(dim_device.device_key, 0);
END
