-- refresh_retention_cohort: agg_retention_cohort of every month of activity that the range touches, is over by the last
-- day with events, and is not before the first one.
CREATE PROCEDURE refresh_retention_cohort (IN in_from date, IN in_to date)
COMMENT 'Rebuild the months from in_from to in_to of agg_retention_cohort; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_from_key int DEFAULT year(in_from) * 10000 + month(in_from) * 100 + 1;
    DECLARE v_to_key int DEFAULT year(in_to) * 10000 + month(in_to) * 100 + 31;
    DECLARE v_first_sign_up date;
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

    CALL begin_refresh('refresh_retention_cohort', in_from, in_to, v_refresh_id);
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    -- Customers may have signed up years before the first event. SELECT INTO reads past who is writing customers.
    SELECT min(dim_customer.registered_on) INTO v_first_sign_up
    FROM dim_customer
    WHERE dim_customer.registered_on <= in_to;
    IF v_first_sign_up < (SELECT min(dim_date.date_value) FROM dim_date) THEN
        CALL refresh_calendar(v_first_sign_up, v_first_sign_up);
    END IF;

    DELETE FROM changed_day
    WHERE changed_day.aggregate_name = 'retention_cohort' AND changed_day.date_key BETWEEN v_from_key AND v_to_key;
    DELETE FROM agg_retention_cohort WHERE agg_retention_cohort.month_key BETWEEN v_from_key AND v_to_key;

    INSERT INTO agg_retention_cohort (
        month_key, cohort_month_key, month_number, cohort_size, active_customers, refreshed_at
    )
    WITH cohort AS (
        SELECT
            dim_date.month_key,
            dim_date.year_number * 12 + dim_date.month_number AS months,
            count(*) AS customers
        FROM dim_customer
        INNER JOIN dim_date ON dim_customer.registered_on = dim_date.date_value
        GROUP BY dim_date.month_key, dim_date.year_number, dim_date.month_number
    ),

    active AS (
        SELECT
            dim_date.month_key,
            sign_up.month_key AS cohort_month_key,
            count(DISTINCT fact_category_seconds.customer_key) AS customers
        FROM fact_category_seconds
        INNER JOIN dim_date ON fact_category_seconds.date_key = dim_date.date_key
        INNER JOIN dim_customer ON fact_category_seconds.customer_key = dim_customer.customer_key
        INNER JOIN dim_date AS sign_up ON dim_customer.registered_on = sign_up.date_value
        WHERE fact_category_seconds.date_key BETWEEN v_from_key AND v_to_key AND fact_category_seconds.watch_seconds > 0
        GROUP BY dim_date.month_key, sign_up.month_key
    ),

    finished AS (
        SELECT
            dim_date.month_key,
            dim_date.year_number * 12 + dim_date.month_number AS months
        FROM event_span
        INNER JOIN dim_date AS first_day ON event_span.first_date_key = first_day.date_key
        INNER JOIN dim_date AS last_day ON event_span.last_date_key = last_day.date_key
        INNER JOIN dim_date ON first_day.month_key <= dim_date.date_key
        WHERE
            dim_date.date_key BETWEEN v_from_key AND v_to_key
            AND dim_date.date_key = dim_date.month_key
            AND last_day(dim_date.date_value) <= last_day.date_value
    )

    SELECT
        finished.month_key,
        cohort.month_key AS cohort_month_key,
        finished.months - cohort.months,
        cohort.customers,
        coalesce(active.customers, 0),
        utc_timestamp()
    FROM finished
    INNER JOIN cohort ON finished.months >= cohort.months
    LEFT JOIN active ON finished.month_key = active.month_key AND cohort.month_key = active.cohort_month_key;
    SET v_row_count = row_count();

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
