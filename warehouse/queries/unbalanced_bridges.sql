-- unbalanced_bridges: months of subscription_monthly whose bridge does not lead to where it should: none, if all is well.
--                     What is expected follows from the other columns of the month, or from the end of the month before;
--                     nobody knows that of the first month after a purge. Months that wait for a refresh are left out.
-- grain:  one row per month and bridge
-- params: none
WITH bridge AS (
    SELECT
        agg_subscription_monthly.month_key,
        'subscribers' AS measure,
        agg_subscription_monthly.opening_subscribers AS opening,
        agg_subscription_monthly.opening_subscribers + agg_subscription_monthly.new_subscribers
        + agg_subscription_monthly.reactivated_subscribers - agg_subscription_monthly.churned_subscribers AS expected_closing,
        agg_subscription_monthly.closing_subscribers AS closing
    FROM agg_subscription_monthly
    UNION ALL
    SELECT
        agg_subscription_monthly.month_key,
        'MRR in minor units' AS measure,
        agg_subscription_monthly.opening_minor AS opening,
        agg_subscription_monthly.opening_minor + agg_subscription_monthly.new_minor
        + agg_subscription_monthly.expansion_minor + agg_subscription_monthly.reactivation_minor
        - agg_subscription_monthly.contraction_minor - agg_subscription_monthly.churn_minor AS expected_closing,
        agg_subscription_monthly.closing_minor AS closing
    FROM agg_subscription_monthly
),

compared AS (
    SELECT
        bridge.month_key,
        concat('closing ', bridge.measure) AS measure,
        bridge.expected_closing AS expected,
        bridge.closing AS found
    FROM bridge
    UNION ALL
    SELECT
        bridge.month_key,
        concat('opening ', bridge.measure) AS measure,
        coalesce(
            lag(bridge.closing) OVER (PARTITION BY bridge.measure ORDER BY bridge.month_key),
            if(EXISTS (SELECT 1 FROM purge_log), bridge.opening, 0)
        ) AS expected,
        bridge.opening AS found
    FROM bridge
)

SELECT
    dim_date.date_value AS month_start,
    compared.measure,
    compared.expected,
    compared.found
FROM compared
INNER JOIN dim_date ON compared.month_key = dim_date.date_key
LEFT JOIN changed_day
    ON compared.month_key = changed_day.date_key AND changed_day.aggregate_name = 'subscription_monthly'
WHERE compared.expected <> compared.found AND changed_day.date_key IS NULL
ORDER BY dim_date.date_value, compared.measure
