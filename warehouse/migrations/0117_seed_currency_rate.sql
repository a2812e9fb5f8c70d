REPLACE INTO currency_rate (report_currency_key, currency_key, valid_from, rate)
SELECT
    dim_currency.currency_key AS report_currency_key,
    dim_currency.currency_key,
    DATE '1000-01-01' AS valid_from,
    1 AS rate
FROM dim_currency
WHERE dim_currency.is_reported = 'Yes'
