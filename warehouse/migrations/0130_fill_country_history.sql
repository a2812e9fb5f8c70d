-- Of customers that are here, the country of now is all that is known.
REPLACE INTO country_history (customer_key, valid_from, valid_to, country_key)
SELECT
    dim_customer.customer_key,
    dim_customer.registered_on AS valid_from,
    DATE '9999-12-31' AS valid_to,
    dim_customer.country_key
FROM dim_customer
LEFT JOIN country_history ON dim_customer.customer_key = country_history.customer_key
WHERE dim_customer.registered_on IS NOT NULL AND country_history.customer_key IS NULL
