-- churn_signals: signs that a customer is leaving, silent ones included, as of the end of each month and of the last day
-- with events. Hours are those of the 28 days that end with the day, and of the 28 before; trend is the change in
-- percent, null after nothing. Quintiles and segment are null before the first play of 30 seconds.
-- grain: one row per customer and day as of which
SELECT
    agg_churn_signals.customer_code,
    dim_date.date_value AS as_of_date,
    agg_churn_signals.days_since_last_play,
    agg_churn_signals.watch_hours_last_28,
    agg_churn_signals.watch_hours_prev_28,
    cast(
        100.00000000 * (agg_churn_signals.watch_seconds_last_28 - agg_churn_signals.watch_seconds_prev_28)
        / nullif(agg_churn_signals.watch_seconds_prev_28, 0) AS decimal(18, 2)
    ) AS trend,
    agg_churn_signals.rfm_r,
    agg_churn_signals.rfm_f,
    agg_churn_signals.rfm_m,
    agg_churn_signals.rfm_segment,
    agg_churn_signals.risk_band,
    agg_churn_signals.date_key,
    agg_churn_signals.customer_key,
    agg_churn_signals.country_key
FROM agg_churn_signals
INNER JOIN dim_date ON agg_churn_signals.date_key = dim_date.date_key
