-- subscription_monthly: subscribers and monthly recurring revenue (MRR) from one end of a month to the other, in the
-- one currency that marts report. opening + new + reactivated - churned = closing, and mrr_opening + mrr_new +
-- mrr_expansion + mrr_reactivation - mrr_contraction - mrr_churn = mrr_closing. Trials count in neither. A subscriber is
-- a customer, however many subscriptions it pays; unpriced are those at the end of whose price nobody knows something or
-- which no rate converts: they are subscribers, without MRR, and left out of arpu. What opens and closes is never
-- summed over months. The last month goes until the last subscription event that has come. date_key is the key of the
-- month's first day.
-- grain: one row per month
SELECT
    dim_month.month_start,
    agg_subscription_monthly.opening_subscribers AS opening,
    cast(agg_subscription_monthly.new_subscribers AS decimal(18, 0)) AS new,
    cast(agg_subscription_monthly.reactivated_subscribers AS decimal(18, 0)) AS reactivated,
    cast(agg_subscription_monthly.churned_subscribers AS decimal(18, 0)) AS churned,
    agg_subscription_monthly.closing_subscribers AS closing,
    cast(
        100.00000000 * agg_subscription_monthly.churned_subscribers
        / nullif(agg_subscription_monthly.opening_subscribers, 0) AS decimal(5, 2)
    ) AS churn_rate,
    cast(1.00000000 * agg_subscription_monthly.opening_minor / dim_currency.minor_units AS decimal(18, 4)) AS mrr_opening,
    cast(1.00000000 * agg_subscription_monthly.new_minor / dim_currency.minor_units AS decimal(18, 4)) AS mrr_new,
    cast(1.00000000 * agg_subscription_monthly.expansion_minor / dim_currency.minor_units AS decimal(18, 4)) AS mrr_expansion,
    cast(
        1.00000000 * agg_subscription_monthly.contraction_minor / dim_currency.minor_units AS decimal(18, 4)
    ) AS mrr_contraction,
    cast(1.00000000 * agg_subscription_monthly.churn_minor / dim_currency.minor_units AS decimal(18, 4)) AS mrr_churn,
    cast(
        1.00000000 * agg_subscription_monthly.reactivation_minor / dim_currency.minor_units AS decimal(18, 4)
    ) AS mrr_reactivation,
    cast(1.00000000 * agg_subscription_monthly.closing_minor / dim_currency.minor_units AS decimal(18, 4)) AS mrr_closing,
    cast(
        2.00000000 * agg_subscription_monthly.revenue_minor / nullif(
            dim_currency.minor_units * (
                agg_subscription_monthly.opening_subscribers - agg_subscription_monthly.opening_unpriced
                + agg_subscription_monthly.closing_subscribers - agg_subscription_monthly.closing_unpriced
            ),
            0
        ) AS decimal(18, 4)
    ) AS arpu,
    dim_currency.currency,
    agg_subscription_monthly.closing_unpriced AS unpriced,
    agg_subscription_monthly.month_key AS date_key
FROM agg_subscription_monthly
INNER JOIN dim_month ON agg_subscription_monthly.month_key = dim_month.month_key
INNER JOIN dim_currency ON agg_subscription_monthly.currency_key = dim_currency.currency_key
