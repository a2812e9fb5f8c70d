-- refresh_active_users: agg_active_users of a range of days, from the facts. A customer counts from an active day on
-- for 7 or 30 days, or until the next active day counts instead: so each window is a running sum of who comes and who
-- goes, and activity is read once. Days that end 30 without any activity get no row.
CREATE PROCEDURE refresh_active_users (IN in_from date, IN in_to date)
COMMENT 'Rebuild the days from in_from to in_to of agg_active_users; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_from_key int DEFAULT year(in_from) * 10000 + month(in_from) * 100 + dayofmonth(in_from);
    DECLARE v_to_key int DEFAULT year(in_to) * 10000 + month(in_to) * 100 + dayofmonth(in_to);
    DECLARE v_window_key int DEFAULT cast(date_format(date_sub(in_from, INTERVAL 29 DAY), '%Y%m%d') AS signed);
    DECLARE v_refresh_id int;
    DECLARE v_row_count bigint;
    DECLARE v_sql_state char(5);
    DECLARE v_message text;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_sql_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT;
        ROLLBACK;
        CALL fail_refresh(v_refresh_id, v_sql_state, v_message);
        RESIGNAL;
    END;

    CALL begin_refresh('refresh_active_users', in_from, in_to, v_refresh_id);
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    DELETE FROM changed_day
    WHERE changed_day.aggregate_name = 'active_users' AND changed_day.date_key BETWEEN v_from_key AND v_to_key;
    DELETE FROM agg_active_users WHERE agg_active_users.date_key BETWEEN v_from_key AND v_to_key;

    INSERT INTO agg_active_users (date_key, dau, wau, mau, refreshed_at)
    WITH spaced AS (
        SELECT
            fact_category_seconds.date_key,
            lead(fact_category_seconds.date_key) OVER (
                PARTITION BY fact_category_seconds.customer_key ORDER BY fact_category_seconds.date_key
            ) AS next_date_key
        FROM fact_category_seconds
        WHERE
            fact_category_seconds.date_key BETWEEN v_window_key AND v_to_key
            AND fact_category_seconds.customer_key <> 0
            AND fact_category_seconds.watch_seconds > 0
    ),

    -- Days and the next ones are few, however many customers there are. Of a customer's rows of one day the last counts.
    paired AS (
        SELECT
            spaced.date_key,
            spaced.next_date_key,
            count(*) AS customers
        FROM spaced
        WHERE spaced.next_date_key IS NULL OR spaced.next_date_key <> spaced.date_key
        GROUP BY spaced.date_key, spaced.next_date_key
    ),

    stretched AS (
        SELECT
            dim_date.date_value AS day,
            next_date.date_value AS next_day,
            paired.customers
        FROM paired
        INNER JOIN dim_date ON paired.date_key = dim_date.date_key
        LEFT JOIN dim_date AS next_date ON paired.next_date_key = next_date.date_key
    ),

    window_of AS (
        SELECT 0 AS days
        UNION ALL
        SELECT 7 AS days
        UNION ALL
        SELECT 30 AS days
    ),

    moved AS (
        SELECT
            window_of.days,
            least(
                coalesce(stretched.next_day, DATE '9999-12-31'), date_add(stretched.day, INTERVAL window_of.days DAY)
            ) AS day,
            stretched.customers
        FROM stretched
        CROSS JOIN window_of
    ),

    balanced AS (
        SELECT
            moved.day,
            sum(if(moved.days = 0, moved.customers, 0)) AS came,
            sum(if(moved.days = 7, moved.customers, 0)) AS left_week,
            sum(if(moved.days = 30, moved.customers, 0)) AS left_month
        FROM moved
        GROUP BY moved.day
    ),

    counted AS (
        SELECT
            dim_date.date_key,
            coalesce(balanced.came, 0) AS dau,
            sum(coalesce(balanced.came - balanced.left_week, 0)) OVER (ORDER BY dim_date.date_key) AS wau,
            sum(coalesce(balanced.came - balanced.left_month, 0)) OVER (ORDER BY dim_date.date_key) AS mau
        FROM dim_date
        LEFT JOIN balanced ON dim_date.date_value = balanced.day
        WHERE dim_date.date_key BETWEEN v_window_key AND v_to_key
    )

    SELECT
        counted.date_key,
        counted.dau,
        counted.wau,
        counted.mau,
        utc_timestamp()
    FROM counted
    INNER JOIN published_day ON counted.date_key = published_day.date_key
    WHERE counted.date_key >= v_from_key AND counted.mau > 0;
    SET v_row_count = row_count();

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
