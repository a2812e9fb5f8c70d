-- totals_of_fact_subscription_event: changes of subscriptions and what was charged, of all currencies together.
-- grain:  one row per day
-- params: none
SELECT
    dim_date.date_value AS day,
    count(*) AS subscription_events,
    coalesce(sum(fact_subscription_event.amount_minor), 0) AS charged_minor_units
FROM fact_subscription_event
INNER JOIN dim_date ON fact_subscription_event.date_key = dim_date.date_key
GROUP BY dim_date.date_value
