-- publish_first_days: the first active day of each customer whom a replaced day may have moved, and marks on the
-- day that gains or loses a new customer. Runs in the caller's transaction, after fact_category_seconds was.
CREATE PROCEDURE publish_first_days (IN in_date_key int)
COMMENT 'Keep customer_first_day right after a day was replaced; mark the days it moves from and to.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    -- Customers whose first day this was and who were not active on it after all: on to their next one.
    INSERT INTO changed_day (aggregate_name, date_key, changed_at)
    SELECT DISTINCT
        aggregate_slice.aggregate_name,
        aggregate_slice.slice_key,
        utc_timestamp(6)
    FROM (
        SELECT min(later.date_key) AS date_key
        FROM customer_first_day
        INNER JOIN fact_category_seconds AS later
            ON customer_first_day.customer_key = later.customer_key AND later.watch_seconds > 0
        WHERE customer_first_day.first_date_key = in_date_key
        GROUP BY customer_first_day.customer_key
    ) AS first_day
    INNER JOIN aggregate_slice ON first_day.date_key = aggregate_slice.date_key
    WHERE first_day.date_key > in_date_key AND aggregate_slice.changed_by_first_day = 'Yes'
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);

    DELETE FROM customer_first_day
    WHERE
        customer_first_day.first_date_key = in_date_key
        AND NOT EXISTS (
            SELECT 1 FROM fact_category_seconds
            WHERE fact_category_seconds.customer_key = customer_first_day.customer_key AND fact_category_seconds.watch_seconds > 0
        );

    UPDATE customer_first_day
    SET
        customer_first_day.first_date_key = (
            SELECT min(fact_category_seconds.date_key) FROM fact_category_seconds
            WHERE fact_category_seconds.customer_key = customer_first_day.customer_key AND fact_category_seconds.watch_seconds > 0
        )
    WHERE customer_first_day.first_date_key = in_date_key;

    -- Customers active on this day whose first day was later: back to this one.
    INSERT INTO changed_day (aggregate_name, date_key, changed_at)
    SELECT DISTINCT
        aggregate_slice.aggregate_name,
        aggregate_slice.slice_key,
        utc_timestamp(6)
    FROM fact_category_seconds
    INNER JOIN customer_first_day ON fact_category_seconds.customer_key = customer_first_day.customer_key
    INNER JOIN aggregate_slice ON customer_first_day.first_date_key = aggregate_slice.date_key
    WHERE
        fact_category_seconds.date_key = in_date_key
        AND fact_category_seconds.watch_seconds > 0
        AND customer_first_day.first_date_key > in_date_key
        AND aggregate_slice.changed_by_first_day = 'Yes'
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);

    UPDATE customer_first_day, fact_category_seconds
    SET customer_first_day.first_date_key = in_date_key
    WHERE
        customer_first_day.customer_key = fact_category_seconds.customer_key
        AND fact_category_seconds.date_key = in_date_key
        AND fact_category_seconds.watch_seconds > 0
        AND customer_first_day.first_date_key > in_date_key;

    INSERT INTO customer_first_day (customer_key, first_date_key)
    SELECT DISTINCT
        fact_category_seconds.customer_key,
        in_date_key
    FROM fact_category_seconds
    LEFT JOIN customer_first_day ON fact_category_seconds.customer_key = customer_first_day.customer_key
    WHERE
        fact_category_seconds.date_key = in_date_key
        AND fact_category_seconds.watch_seconds > 0
        AND fact_category_seconds.customer_key <> 0
        AND customer_first_day.customer_key IS NULL;
END
