-- refresh_subscription_monthly: agg_subscription_monthly of every month that the range touches, from plan_history, which
-- is brought up to date first, in the same transaction. Who subscribes is asked at the ends of months, and what
-- happened between follows from both answers: so the bridges balance. Months between the last row and the range are
-- built too, so that none is missing when events come again after months without any. Events that have not come yet
-- make no months.
CREATE PROCEDURE refresh_subscription_monthly (IN in_from date, IN in_to date)
COMMENT 'Rebuild the months from in_from to in_to of agg_subscription_monthly; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_from_key int DEFAULT year(in_from) * 10000 + month(in_from) * 100 + 1;
    DECLARE v_to_key int DEFAULT year(in_to) * 10000 + month(in_to) * 100 + 31;
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

    CALL begin_refresh('refresh_subscription_monthly', in_from, in_to, v_refresh_id);
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    CALL rebuild_plan_history();

    DELETE FROM changed_day
    WHERE changed_day.aggregate_name = 'subscription_monthly' AND changed_day.date_key BETWEEN v_from_key AND v_to_key;
    SET v_from_key = least(
        v_from_key,
        coalesce((SELECT max(agg_subscription_monthly.month_key) FROM agg_subscription_monthly), v_from_key)
    );
    DELETE FROM agg_subscription_monthly WHERE agg_subscription_monthly.month_key BETWEEN v_from_key AND v_to_key;

    INSERT INTO agg_subscription_monthly (
        month_key, opening_subscribers, new_subscribers, reactivated_subscribers, churned_subscribers,
        closing_subscribers, opening_unpriced, closing_unpriced, opening_minor, new_minor, expansion_minor,
        contraction_minor, churn_minor, reactivation_minor, closing_minor, revenue_minor, currency_key, refreshed_at
    )
    WITH subscription_month AS (
        SELECT
            dim_date.month_key,
            dim_date.date_value AS first_day,
            date_add(dim_date.date_value, INTERVAL 1 MONTH) AS next_month
        FROM dim_date
        WHERE
            dim_date.date_key BETWEEN v_from_key AND v_to_key
            AND dim_date.date_key = dim_date.month_key
            AND dim_date.date_key <= (
                SELECT max(fact_subscription_event.date_key)
                FROM fact_subscription_event
                INNER JOIN clock ON clock.clock_id = 1 AND fact_subscription_event.date_key <= clock.last_date_key
            )
            AND date_add(dim_date.date_value, INTERVAL 1 MONTH)
            > (SELECT min(plan_history.valid_from) FROM plan_history WHERE plan_history.is_trial = 'No')
    ),

    -- Whoever pays at either end of a month; those who pay only between are at neither.
    subscriber AS (
        SELECT
            subscription_month.month_key,
            subscription_month.first_day,
            plan_history.customer_key,
            max(plan_history.valid_from < subscription_month.first_day) AS at_opening,
            max(plan_history.valid_to >= subscription_month.next_month) AS at_closing,
            max(
                plan_history.valid_from < subscription_month.first_day AND plan_history.report_price_minor IS NULL
            ) AS unpriced_at_opening,
            max(
                plan_history.valid_to >= subscription_month.next_month AND plan_history.report_price_minor IS NULL
            ) AS unpriced_at_closing,
            sum(
                if(
                    plan_history.valid_from < subscription_month.first_day,
                    coalesce(plan_history.report_price_minor, 0),
                    0
                )
            ) AS opening_minor,
            sum(
                if(
                    plan_history.valid_to >= subscription_month.next_month,
                    coalesce(plan_history.report_price_minor, 0),
                    0
                )
            ) AS closing_minor
        FROM subscription_month
        INNER JOIN plan_history
            ON
                subscription_month.next_month > plan_history.valid_from
                AND subscription_month.first_day <= plan_history.valid_to
                AND plan_history.is_trial = 'No'
        GROUP BY subscription_month.month_key, subscription_month.first_day, plan_history.customer_key
    ),

    -- Of all at once: the history may have been built a moment ago, and the server not know yet how few rows a customer
    -- has. Asked for each, it then reads all for each.
    paid_since AS (
        SELECT
            plan_history.customer_key,
            min(plan_history.valid_from) AS first_day
        FROM plan_history
        WHERE plan_history.is_trial = 'No'
        GROUP BY plan_history.customer_key
    ),

    moved AS (
        SELECT
            subscriber.*,
            CASE
                WHEN subscriber.at_opening AND subscriber.at_closing THEN 'stays'
                WHEN subscriber.at_opening THEN 'churns'
                WHEN NOT subscriber.at_closing THEN 'passes'
                WHEN paid_since.first_day < subscriber.first_day THEN 'returns'
                ELSE 'begins'
            END AS movement
        FROM subscriber
        INNER JOIN paid_since ON subscriber.customer_key = paid_since.customer_key
    ),

    bridge AS (
        SELECT
            moved.month_key,
            sum(moved.at_opening) AS opening_subscribers,
            sum(moved.movement = 'begins') AS new_subscribers,
            sum(moved.movement = 'returns') AS reactivated_subscribers,
            sum(moved.movement = 'churns') AS churned_subscribers,
            sum(moved.at_closing) AS closing_subscribers,
            sum(moved.unpriced_at_opening) AS opening_unpriced,
            sum(moved.unpriced_at_closing) AS closing_unpriced,
            sum(moved.opening_minor) AS opening_minor,
            sum(if(moved.movement = 'begins', moved.closing_minor, 0)) AS new_minor,
            sum(if(moved.movement = 'stays', greatest(moved.closing_minor - moved.opening_minor, 0), 0)) AS expansion_minor,
            sum(if(moved.movement = 'stays', greatest(moved.opening_minor - moved.closing_minor, 0), 0)) AS contraction_minor,
            sum(if(moved.movement = 'churns', moved.opening_minor, 0)) AS churn_minor,
            sum(if(moved.movement = 'returns', moved.closing_minor, 0)) AS reactivation_minor,
            sum(moved.closing_minor) AS closing_minor
        FROM moved
        GROUP BY moved.month_key
    ),

    charged AS (
        SELECT
            dim_date.month_key,
            dim_date.date_value AS day,
            fact_subscription_event.currency_key,
            sum(fact_subscription_event.amount_minor) AS amount_minor
        FROM fact_subscription_event
        INNER JOIN dim_date ON fact_subscription_event.date_key = dim_date.date_key
        WHERE
            fact_subscription_event.date_key BETWEEN v_from_key AND v_to_key
            AND fact_subscription_event.currency_key <> 0
        GROUP BY dim_date.month_key, dim_date.date_value, fact_subscription_event.currency_key
    ),

    rate_span AS (
        SELECT
            currency_rate.currency_key,
            currency_rate.rate,
            currency_rate.valid_from,
            coalesce(
                lead(currency_rate.valid_from) OVER (
                    PARTITION BY currency_rate.currency_key ORDER BY currency_rate.valid_from
                ),
                DATE '9999-12-31'
            ) AS valid_to
        FROM currency_rate
        INNER JOIN dim_currency ON currency_rate.report_currency_key = dim_currency.currency_key
        WHERE dim_currency.is_reported = 'Yes'
    ),

    revenue AS (
        SELECT
            charged.month_key,
            round(
                sum(charged.amount_minor * rate_span.rate * reported.minor_units / dim_currency.minor_units)
            ) AS revenue_minor
        FROM charged
        INNER JOIN dim_currency ON charged.currency_key = dim_currency.currency_key
        INNER JOIN dim_currency AS reported ON reported.is_reported = 'Yes'
        INNER JOIN rate_span
            ON
                charged.currency_key = rate_span.currency_key
                AND charged.day >= rate_span.valid_from
                AND charged.day < rate_span.valid_to
        GROUP BY charged.month_key
    )

    SELECT
        subscription_month.month_key,
        coalesce(bridge.opening_subscribers, 0),
        coalesce(bridge.new_subscribers, 0),
        coalesce(bridge.reactivated_subscribers, 0),
        coalesce(bridge.churned_subscribers, 0),
        coalesce(bridge.closing_subscribers, 0),
        coalesce(bridge.opening_unpriced, 0),
        coalesce(bridge.closing_unpriced, 0),
        coalesce(bridge.opening_minor, 0),
        coalesce(bridge.new_minor, 0),
        coalesce(bridge.expansion_minor, 0),
        coalesce(bridge.contraction_minor, 0),
        coalesce(bridge.churn_minor, 0),
        coalesce(bridge.reactivation_minor, 0),
        coalesce(bridge.closing_minor, 0),
        coalesce(revenue.revenue_minor, 0),
        reported.currency_key,
        utc_timestamp()
    FROM subscription_month
    INNER JOIN dim_currency AS reported ON reported.is_reported = 'Yes'
    LEFT JOIN bridge ON subscription_month.month_key = bridge.month_key
    LEFT JOIN revenue ON subscription_month.month_key = revenue.month_key;
    SET v_row_count = row_count();

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
