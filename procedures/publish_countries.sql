-- publish_countries: country_history from the country that dim_customer has now. A customer whose country differs from
-- that of the open stretch lives in the new one from the day of the load that told of it; a stretch that would end no
-- later than it begins was a mistake, and is corrected. Runs in the caller's transaction, after dim_customer.
CREATE PROCEDURE publish_countries ()
COMMENT 'Bring country_history up to the countries in dim_customer.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    UPDATE country_history, dim_customer, stg_customer
    SET
        country_history.country_key = if(
            country_history.valid_from >= stg_customer.known_on, dim_customer.country_key, country_history.country_key
        ),
        country_history.valid_to = if(
            country_history.valid_from >= stg_customer.known_on, country_history.valid_to, stg_customer.known_on
        )
    WHERE
        dim_customer.source = stg_customer.source
        AND dim_customer.customer_code = stg_customer.customer_code
        AND country_history.customer_key = dim_customer.customer_key
        AND country_history.valid_to = DATE '9999-12-31'
        AND country_history.country_key <> dim_customer.country_key;

    INSERT INTO country_history (customer_key, valid_from, valid_to, country_key)
    SELECT
        dim_customer.customer_key,
        if(
            EXISTS (SELECT 1 FROM country_history AS former WHERE former.customer_key = dim_customer.customer_key),
            stg_customer.known_on,
            stg_customer.registered_on
        ),
        DATE '9999-12-31',
        dim_customer.country_key
    FROM stg_customer
    INNER JOIN dim_customer
        ON
            stg_customer.source = dim_customer.source
            AND stg_customer.customer_code = dim_customer.customer_code
    LEFT JOIN country_history
        ON
            dim_customer.customer_key = country_history.customer_key
            AND country_history.valid_to = DATE '9999-12-31'
    WHERE country_history.customer_key IS NULL;
END
