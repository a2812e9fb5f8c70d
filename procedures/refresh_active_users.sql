-- refresh_active_users: agg_active_users of a range of days, from the facts. Each customer has a bit for each active day,
-- so that activity is read once, unsorted; 31 days at a time, which with the 29 before them fit into 64 bits.
-- Days that end 30 without any activity get no row.
CREATE PROCEDURE refresh_active_users (IN in_from date, IN in_to date)
COMMENT 'Rebuild the days from in_from to in_to of agg_active_users; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_from_key int DEFAULT year(in_from) * 10000 + month(in_from) * 100 + dayofmonth(in_from);
    DECLARE v_to_key int DEFAULT year(in_to) * 10000 + month(in_to) * 100 + dayofmonth(in_to);
    DECLARE v_first date DEFAULT in_from;
    DECLARE v_last date;
    DECLARE v_window date;
    DECLARE v_refresh_id int;
    DECLARE v_row_count bigint DEFAULT 0;
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

    WHILE v_first <= in_to DO
        SET v_last = least(in_to, date_add(v_first, INTERVAL 30 DAY));
        SET v_window = date_sub(v_first, INTERVAL 29 DAY);
        INSERT INTO agg_active_users (date_key, dau, wau, mau, refreshed_at)
        WITH active AS (
            SELECT
                fact_category_seconds.customer_key,
                bit_or(1 << to_days(fact_category_seconds.date_key) - to_days(v_window)) AS days
            FROM fact_category_seconds
            WHERE
                fact_category_seconds.date_key BETWEEN cast(date_format(v_window, '%Y%m%d') AS signed)
                AND cast(date_format(v_last, '%Y%m%d') AS signed)
                AND fact_category_seconds.customer_key <> 0
                AND fact_category_seconds.watch_seconds > 0
            GROUP BY fact_category_seconds.customer_key
        ),

        -- The last of 30 days is the highest bit.
        month_of AS (
            SELECT
                published_day.date_key,
                active.days >> datediff(dim_date.date_value, v_first) & (1 << 30) - 1 AS days
            FROM published_day
            INNER JOIN dim_date ON published_day.date_key = dim_date.date_key
            CROSS JOIN active
            WHERE dim_date.date_value BETWEEN v_first AND v_last
        )

        SELECT
            month_of.date_key,
            sum(month_of.days >> 29),
            sum(month_of.days >> 23 <> 0),
            sum(month_of.days <> 0),
            utc_timestamp()
        FROM month_of
        GROUP BY month_of.date_key
        HAVING sum(month_of.days <> 0) > 0;
        SET v_row_count = v_row_count + row_count();
        SET v_first = date_add(v_last, INTERVAL 1 DAY);
    END WHILE;

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
