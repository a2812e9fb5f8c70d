-- publish_members: members that facts name and the dimensions lack. Customers and titles get their key only; the rest
-- stays Unknown until their own export brings it. An application that nobody gave a category is Unknown.
CREATE PROCEDURE publish_members ()
COMMENT 'Add the dimension members that stg_member names; safe to repeat.'
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

    CALL begin_refresh('publish_members', NULL, NULL, v_refresh_id);
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    INSERT INTO dim_customer (source, customer_code, country_key, plan_key)
    SELECT DISTINCT
        stg_member.source,
        stg_member.member_name,
        0,
        0
    FROM stg_member
    LEFT JOIN dim_customer
        ON
            stg_member.source = dim_customer.source
            AND stg_member.member_name = dim_customer.customer_code
    WHERE stg_member.dimension = 'customer' AND dim_customer.customer_key IS NULL;
    SET v_row_count = row_count();

    INSERT INTO dim_title (source, content_id, title, content_type, category_key)
    SELECT DISTINCT
        stg_member.source,
        stg_member.member_name,
        stg_member.member_name AS title,
        'Unknown',
        0
    FROM stg_member
    LEFT JOIN dim_title
        ON
            stg_member.source = dim_title.source
            AND stg_member.member_name = dim_title.content_id
    WHERE stg_member.dimension = 'title' AND dim_title.title_key IS NULL;
    SET v_row_count = v_row_count + row_count();

    INSERT INTO dim_device (device_type)
    SELECT stg_member.member_name
    FROM stg_member
    LEFT JOIN dim_device ON stg_member.member_name = dim_device.device_type
    WHERE stg_member.dimension = 'device' AND dim_device.device_key IS NULL;
    SET v_row_count = v_row_count + row_count();

    INSERT INTO dim_country (country)
    SELECT stg_member.member_name
    FROM stg_member
    LEFT JOIN dim_country ON stg_member.member_name = dim_country.country
    WHERE stg_member.dimension = 'country' AND dim_country.country_key IS NULL;
    SET v_row_count = v_row_count + row_count();

    INSERT INTO dim_application (application, category_key)
    SELECT DISTINCT
        stg_member.member_name,
        coalesce(application_category.category_key, 0)
    FROM stg_member
    LEFT JOIN dim_application ON stg_member.member_name = dim_application.application
    LEFT JOIN application_category ON stg_member.member_name = application_category.application
    WHERE stg_member.dimension = 'application' AND dim_application.application_key IS NULL;
    SET v_row_count = v_row_count + row_count();

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
