-- publish_box_watch: fact_box_watch of a range of days from staging, with the contracts and applications that it names. A
-- contract gets its key only; an application that nobody gave a category is Unknown. Runs in the caller's transaction.
CREATE PROCEDURE publish_box_watch (IN in_from_key int, IN in_to_key int)
COMMENT 'Replace the days from in_from_key to in_to_key of fact_box_watch by the staged rows.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    INSERT INTO dim_customer (source, customer_code, country_key, plan_key)
    SELECT DISTINCT
        'set-top box',
        stg_box_watch.contract_code,
        0,
        0
    FROM stg_box_watch
    LEFT JOIN dim_customer
        ON
            dim_customer.source = 'set-top box'
            AND stg_box_watch.contract_code = dim_customer.customer_code
    WHERE stg_box_watch.contract_code IS NOT NULL AND dim_customer.customer_key IS NULL;

    INSERT INTO dim_application (application, category_key)
    SELECT DISTINCT
        stg_box_watch.application,
        coalesce(application_category.category_key, 0)
    FROM stg_box_watch
    LEFT JOIN dim_application ON stg_box_watch.application = dim_application.application
    LEFT JOIN application_category ON stg_box_watch.application = application_category.application
    WHERE stg_box_watch.application IS NOT NULL AND dim_application.application_key IS NULL;

    DELETE FROM fact_box_watch WHERE fact_box_watch.date_key BETWEEN in_from_key AND in_to_key;
    INSERT INTO fact_box_watch (date_key, customer_key, application_key, watch_seconds)
    SELECT
        dim_date.date_key,
        coalesce(dim_customer.customer_key, 0),
        coalesce(dim_application.application_key, 0),
        sum(stg_box_watch.watch_seconds)
    FROM stg_box_watch
    INNER JOIN dim_date ON stg_box_watch.day = dim_date.date_value
    LEFT JOIN dim_customer
        ON
            dim_customer.source = 'set-top box'
            AND stg_box_watch.contract_code = dim_customer.customer_code
    LEFT JOIN dim_application ON stg_box_watch.application = dim_application.application
    WHERE dim_date.date_key BETWEEN in_from_key AND in_to_key
    GROUP BY dim_date.date_key, coalesce(dim_customer.customer_key, 0), coalesce(dim_application.application_key, 0);
END
