-- rates: what converts money, by currency, report currency and day.
-- grain:  one row per rate; a currency's rate into itself is left out
-- params: none
SELECT
    dim_currency.currency,
    reported.currency AS report_currency,
    currency_rate.valid_from,
    currency_rate.rate
FROM currency_rate
INNER JOIN dim_currency ON currency_rate.currency_key = dim_currency.currency_key
INNER JOIN dim_currency AS reported ON currency_rate.report_currency_key = reported.currency_key
WHERE currency_rate.currency_key <> currency_rate.report_currency_key
ORDER BY dim_currency.currency, reported.currency, currency_rate.valid_from
