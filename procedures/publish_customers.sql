-- publish_customers: dim_customer from stg_customer, which holds every customer that is a user; only rows that differ
-- are written. Then users are linked to customers, which sends days of those who moved back to be exported again.
CREATE PROCEDURE publish_customers (IN in_version bigint)
COMMENT 'Bring dim_customer up to a version of ops.mark users; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_refresh_id int;
    DECLARE v_row_count bigint;
    DECLARE v_sql_state char(5);
    DECLARE v_message text;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_sql_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT;
        ROLLBACK;
        CALL fail_refresh(v_refresh_id, v_sql_state, v_message);
        RESIGNAL;
    END;

    CALL begin_refresh('publish_customers', NULL, NULL, v_refresh_id);
    IF in_version IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'publish_customers: no version was given';
    END IF;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    INSERT INTO dim_country (country)
    SELECT DISTINCT stg_customer.country
    FROM stg_customer
    LEFT JOIN dim_country ON stg_customer.country = dim_country.country
    WHERE stg_customer.country IS NOT NULL AND dim_country.country_key IS NULL;

    INSERT INTO dim_plan (plan)
    SELECT DISTINCT stg_customer.plan
    FROM stg_customer
    LEFT JOIN dim_plan ON stg_customer.plan = dim_plan.plan
    WHERE stg_customer.plan IS NOT NULL AND dim_plan.plan_key IS NULL;

    CALL mark_changed_sign_ups();
    CALL carry_countries();

    UPDATE dim_customer, stg_customer
    SET
        dim_customer.country_key = coalesce((
            SELECT dim_country.country_key FROM dim_country
            WHERE dim_country.country = stg_customer.country
        ), 0),
        dim_customer.country = coalesce(stg_customer.country, 'Unknown'),
        dim_customer.plan_key = coalesce((
            SELECT dim_plan.plan_key FROM dim_plan
            WHERE dim_plan.plan = stg_customer.plan
        ), 0),
        dim_customer.plan = coalesce(stg_customer.plan, 'Unknown'),
        dim_customer.registered_on = stg_customer.registered_on,
        dim_customer.ended_on = stg_customer.ended_on
    WHERE
        dim_customer.source = stg_customer.source
        AND dim_customer.customer_code = stg_customer.customer_code;
    SET v_row_count = row_count();

    INSERT INTO dim_customer (source, customer_code, country_key, country, plan_key, plan, registered_on, ended_on)
    SELECT
        stg_customer.source,
        stg_customer.customer_code,
        coalesce(dim_country.country_key, 0),
        coalesce(stg_customer.country, 'Unknown'),
        coalesce(dim_plan.plan_key, 0),
        coalesce(stg_customer.plan, 'Unknown'),
        stg_customer.registered_on,
        stg_customer.ended_on
    FROM stg_customer
    LEFT JOIN dim_customer
        ON
            stg_customer.source = dim_customer.source
            AND stg_customer.customer_code = dim_customer.customer_code
    LEFT JOIN dim_country ON stg_customer.country = dim_country.country
    LEFT JOIN dim_plan ON stg_customer.plan = dim_plan.plan
    WHERE dim_customer.customer_key IS NULL
    ORDER BY stg_customer.source, stg_customer.customer_code;
    SET v_row_count = v_row_count + row_count();

    CALL publish_countries();
    CALL link_users();
    CALL forget_sign_ups();

    REPLACE INTO published_mark (mark, version, published_at) VALUES ('users', in_version, utc_timestamp(6));

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
