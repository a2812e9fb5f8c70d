-- publish_category_seconds: fact_category_seconds of a range of days: apps by the category of the title, set-top boxes
-- by that of the application. Runs in the caller's transaction, after the facts that it reads.
CREATE PROCEDURE publish_category_seconds (IN in_from_key int, IN in_to_key int)
COMMENT 'Replace the days from in_from_key to in_to_key of fact_category_seconds.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM changed_day
    WHERE changed_day.aggregate_name = 'category_seconds' AND changed_day.date_key BETWEEN in_from_key AND in_to_key;
    DELETE FROM fact_category_seconds WHERE fact_category_seconds.date_key BETWEEN in_from_key AND in_to_key;

    -- Read in the order of the key; the titles go into a small table first, which costs less than to look each up. With
    -- the remark, which MariaDB passes over, MySQL joins that by a hash, for less still; LEFT, although each title is
    -- there, makes it a hash of the titles and keeps the order.
    INSERT INTO fact_category_seconds (date_key, customer_key, watch_source_key, category_key, watch_seconds)
    WITH title AS (
        SELECT DISTINCT
            dim_title.title_key,
            dim_title.category_key
        FROM dim_title
    )

    SELECT STRAIGHT_JOIN
        fact_watch.date_key,
        fact_watch.customer_key,
        1,
        title.category_key,
        sum(fact_watch.watch_seconds)
    FROM fact_watch
    LEFT JOIN title ON fact_watch.title_key = title.title_key /*!80400 + 0 */
    WHERE fact_watch.date_key BETWEEN in_from_key AND in_to_key
    GROUP BY fact_watch.date_key, fact_watch.customer_key, title.category_key;

    -- Added up as they come, which is in the order of the key: to group them first takes a table of its own.
    INSERT INTO fact_category_seconds (date_key, customer_key, watch_source_key, category_key, watch_seconds)
    SELECT STRAIGHT_JOIN
        fact_box_watch.date_key,
        fact_box_watch.customer_key,
        2,
        dim_application.category_key,
        fact_box_watch.watch_seconds
    FROM fact_box_watch
    INNER JOIN dim_application ON fact_box_watch.application_key = dim_application.application_key
    WHERE fact_box_watch.date_key BETWEEN in_from_key AND in_to_key
    ON DUPLICATE KEY UPDATE watch_seconds = fact_category_seconds.watch_seconds + fact_box_watch.watch_seconds;
END
