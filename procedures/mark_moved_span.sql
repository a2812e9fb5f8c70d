-- mark_moved_span: marks on the months whose rows are not those that the last day with events asks for: when it moves, the
-- day that moved it makes its own month stale, and not the former one, which is over now, nor an empty one between.
-- in_today is noted first: a day that was in the future when it was published moves the span when it comes. Months of
-- subscriptions go until the last event of one that has come: those that come now are marked before the clock says so,
-- which a run that is interrupted between them does again.
CREATE PROCEDURE mark_moved_span (IN in_today date)
COMMENT 'Mark the months that days which come, and the span of days with events, add or take away.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_last_key int DEFAULT cast(date_format(date_add(in_today, INTERVAL 1 DAY), '%Y%m%d') AS signed);

    INSERT INTO changed_day (aggregate_name, date_key, changed_at)
    SELECT
        'subscription_monthly',
        dim_date.month_key,
        utc_timestamp(6)
    FROM (
        SELECT
            min(fact_subscription_event.date_key) AS first_key,
            max(fact_subscription_event.date_key) AS last_key
        FROM fact_subscription_event
        INNER JOIN clock ON clock.clock_id = 1 AND fact_subscription_event.date_key > clock.last_date_key
        WHERE fact_subscription_event.date_key <= v_last_key
    ) AS coming
    INNER JOIN dim_date ON dim_date.date_key BETWEEN coming.first_key - coming.first_key % 100 AND coming.last_key
    WHERE dim_date.date_key = dim_date.month_key
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);

    UPDATE clock SET last_date_key = v_last_key WHERE clock.clock_id = 1;

    INSERT INTO changed_day (aggregate_name, date_key, changed_at)
    WITH span AS (
        SELECT
            first_day.month_key AS first_month_key,
            last_day.date_value AS last_day,
            (
                SELECT min(dim_customer.registered_on) FROM dim_customer
                WHERE dim_customer.customer_key <> 0
            ) AS first_sign_up,
            (
                SELECT min(first_active_day.date_value)
                FROM customer_first_day
                INNER JOIN dim_date AS first_active_day ON customer_first_day.first_date_key = first_active_day.date_key
            ) AS first_active_day
        FROM event_span
        INNER JOIN dim_date AS first_day ON event_span.first_date_key = first_day.date_key
        INNER JOIN dim_date AS last_day ON event_span.last_date_key = last_day.date_key
    ),

    wanted_month AS (
        SELECT
            dim_date.month_key,
            least(last_day(dim_date.date_value), span.last_day) AS as_of,
            last_day(dim_date.date_value) AS month_end,
            span.last_day,
            span.first_sign_up,
            span.first_active_day
        FROM span
        INNER JOIN dim_date ON span.first_month_key <= dim_date.date_key AND span.last_day >= dim_date.date_value
        WHERE dim_date.date_key = dim_date.month_key
    ),

    -- Rows that are wanted and rows that are there: what is as it should be is in both.
    named AS (
        SELECT
            'churn_signals' AS aggregate_name,
            wanted_month.month_key,
            cast(date_format(wanted_month.as_of, '%Y%m%d') AS signed) AS kept_key
        FROM wanted_month
        WHERE wanted_month.first_sign_up <= wanted_month.as_of OR wanted_month.first_active_day <= wanted_month.as_of
        UNION ALL
        SELECT
            'churn_signals' AS aggregate_name,
            dim_date.month_key,
            dim_date.date_key AS kept_key
        FROM (SELECT DISTINCT agg_churn_signals.date_key FROM agg_churn_signals) AS kept
        INNER JOIN dim_date ON kept.date_key = dim_date.date_key
        UNION ALL
        SELECT
            'retention_cohort' AS aggregate_name,
            wanted_month.month_key,
            wanted_month.month_key AS kept_key
        FROM wanted_month
        WHERE wanted_month.month_end <= wanted_month.last_day AND wanted_month.first_sign_up <= wanted_month.month_end
        UNION ALL
        SELECT
            'retention_cohort' AS aggregate_name,
            kept.month_key,
            kept.month_key AS kept_key
        FROM (SELECT DISTINCT agg_retention_cohort.month_key FROM agg_retention_cohort) AS kept
        UNION ALL
        SELECT
            'subscription_monthly' AS aggregate_name,
            agg_subscription_monthly.month_key,
            agg_subscription_monthly.month_key AS kept_key
        FROM agg_subscription_monthly
        WHERE
            agg_subscription_monthly.month_key > coalesce((
                SELECT max(fact_subscription_event.date_key)
                FROM fact_subscription_event
                WHERE fact_subscription_event.date_key <= v_last_key
            ), 0)
    )

    SELECT DISTINCT
        differing.aggregate_name,
        differing.month_key,
        utc_timestamp(6)
    FROM (
        SELECT
            named.aggregate_name,
            named.month_key
        FROM named
        GROUP BY named.aggregate_name, named.month_key, named.kept_key
        HAVING count(*) = 1
    ) AS differing
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);
END
