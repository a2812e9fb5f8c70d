-- rateless_currencies: currencies of monthly prices that no rate converts into the report currency.
-- grain:  one row per currency
-- params: none
SELECT
    dim_currency.currency,
    reported.currency AS report_currency,
    count(*) AS prices,
    min(plan_history.price_from) AS first_day
FROM plan_history
INNER JOIN dim_currency ON plan_history.currency_key = dim_currency.currency_key
INNER JOIN dim_currency AS reported ON reported.is_reported = 'Yes'
WHERE plan_history.price_minor IS NOT NULL AND plan_history.report_price_minor IS NULL
GROUP BY dim_currency.currency, reported.currency
ORDER BY dim_currency.currency
