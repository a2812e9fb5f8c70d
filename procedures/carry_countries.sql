-- carry_countries: what aggregates carry of customers whose country is about to change; no slice goes stale. Runs in
-- the caller's transaction, before the new ones are written and after new countries.
CREATE PROCEDURE carry_countries ()
COMMENT 'Bring the countries of customers in aggregates up to the staged ones.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    UPDATE agg_customer_month, dim_customer, stg_customer, dim_country
    SET agg_customer_month.country_key = dim_country.country_key
    WHERE
        dim_customer.source = stg_customer.source
        AND dim_customer.customer_code = stg_customer.customer_code
        AND dim_country.country = coalesce(stg_customer.country, 'Unknown')
        AND dim_customer.country_key <> dim_country.country_key
        AND agg_customer_month.customer_key = dim_customer.customer_key;

    UPDATE agg_churn_signals, dim_customer, stg_customer, dim_country
    SET agg_churn_signals.country_key = dim_country.country_key
    WHERE
        dim_customer.source = stg_customer.source
        AND dim_customer.customer_code = stg_customer.customer_code
        AND dim_country.country = coalesce(stg_customer.country, 'Unknown')
        AND dim_customer.country_key <> dim_country.country_key
        AND agg_churn_signals.customer_key = dim_customer.customer_key;
END
