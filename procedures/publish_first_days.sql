-- publish_first_days: the first active day of each customer whom replaced days may have moved, and marks on days
-- outside of the range that gain or lose a new customer; those within it are marked as changed. Runs in the caller's
-- transaction, after fact_category_seconds was.
CREATE PROCEDURE publish_first_days (IN in_from_key int, IN in_to_key int)
COMMENT 'Keep customer_first_day right after days were replaced; mark the days it moves from and to.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    -- Customers whose first day was in the range: on to the first on which they are active now, which may be later. Each
    -- is looked up day after day, which soon finds most; an index by customer would have to take in every row ever.
    INSERT INTO changed_day (aggregate_name, date_key, changed_at)
    SELECT DISTINCT
        aggregate_slice.aggregate_name,
        aggregate_slice.slice_key,
        utc_timestamp(6)
    FROM (
        SELECT
            (
                SELECT dim_date.date_key
                FROM dim_date
                WHERE
                    dim_date.date_key >= in_from_key
                    AND EXISTS (
                        SELECT 1
                        FROM fact_category_seconds
                        WHERE
                            fact_category_seconds.date_key = dim_date.date_key
                            AND fact_category_seconds.customer_key = customer_first_day.customer_key
                            AND fact_category_seconds.watch_seconds > 0
                    )
                ORDER BY dim_date.date_key
                LIMIT 1
            ) AS date_key
        FROM customer_first_day
        WHERE customer_first_day.first_date_key BETWEEN in_from_key AND in_to_key
    ) AS moved
    INNER JOIN aggregate_slice ON moved.date_key = aggregate_slice.date_key
    WHERE moved.date_key > in_to_key AND aggregate_slice.changed_by_first_day = 'Yes'
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);

    UPDATE customer_first_day
    SET
        customer_first_day.first_date_key = coalesce((
            SELECT dim_date.date_key
            FROM dim_date
            WHERE
                dim_date.date_key >= in_from_key
                AND EXISTS (
                    SELECT 1
                    FROM fact_category_seconds
                    WHERE
                        fact_category_seconds.date_key = dim_date.date_key
                        AND fact_category_seconds.customer_key = customer_first_day.customer_key
                        AND fact_category_seconds.watch_seconds > 0
                )
            ORDER BY dim_date.date_key
            LIMIT 1
        ), 0)
    WHERE customer_first_day.first_date_key BETWEEN in_from_key AND in_to_key;

    DELETE FROM customer_first_day WHERE customer_first_day.first_date_key = 0;

    -- Customers active in the range whose first day was later: back to the first of the range; where it was none, new.
    IF EXISTS (SELECT 1 FROM customer_first_day WHERE customer_first_day.first_date_key > in_to_key) THEN
        INSERT INTO changed_day (aggregate_name, date_key, changed_at)
        SELECT DISTINCT
            aggregate_slice.aggregate_name,
            aggregate_slice.slice_key,
            utc_timestamp(6)
        FROM (
            SELECT DISTINCT customer_first_day.first_date_key
            FROM fact_category_seconds
            INNER JOIN customer_first_day ON fact_category_seconds.customer_key = customer_first_day.customer_key
            WHERE
                fact_category_seconds.date_key BETWEEN in_from_key AND in_to_key
                AND fact_category_seconds.watch_seconds > 0
                AND customer_first_day.first_date_key > in_to_key
        ) AS moved
        INNER JOIN aggregate_slice ON moved.first_date_key = aggregate_slice.date_key
        WHERE aggregate_slice.changed_by_first_day = 'Yes'
        ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);
    END IF;

    INSERT INTO customer_first_day (customer_key, first_date_key)
    SELECT
        active.customer_key,
        active.first_date_key
    FROM (
        SELECT
            fact_category_seconds.customer_key,
            min(fact_category_seconds.date_key) AS first_date_key
        FROM fact_category_seconds
        WHERE
            fact_category_seconds.date_key BETWEEN in_from_key AND in_to_key
            AND fact_category_seconds.watch_seconds > 0
            AND fact_category_seconds.customer_key <> 0
        GROUP BY fact_category_seconds.customer_key
    ) AS active
    LEFT JOIN customer_first_day AS known ON active.customer_key = known.customer_key
    WHERE known.customer_key IS NULL OR known.first_date_key > active.first_date_key
    ON DUPLICATE KEY UPDATE first_date_key = active.first_date_key;
END
