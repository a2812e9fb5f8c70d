-- member_keys: the warehouse's keys of the staged members, for the temporary table warehouse_key of PostgreSQL.
-- grain:  one row per row of stg_member
-- params: none
SELECT
    stg_member.dimension,
    stg_member.member_key,
    stg_member.member_name,
    dim_customer.customer_key AS warehouse_key
FROM stg_member
INNER JOIN dim_customer
    ON
        stg_member.source = dim_customer.source
        AND stg_member.member_name = dim_customer.customer_code
WHERE stg_member.dimension = 'customer'
UNION ALL
SELECT
    stg_member.dimension,
    stg_member.member_key,
    stg_member.member_name,
    dim_title.title_key AS warehouse_key
FROM stg_member
INNER JOIN dim_title
    ON
        stg_member.source = dim_title.source
        AND stg_member.member_name = dim_title.content_id
WHERE stg_member.dimension = 'title'
UNION ALL
SELECT
    stg_member.dimension,
    stg_member.member_key,
    stg_member.member_name,
    dim_device.device_key AS warehouse_key
FROM stg_member
INNER JOIN dim_device ON stg_member.member_name = dim_device.device_type
WHERE stg_member.dimension = 'device'
UNION ALL
SELECT
    stg_member.dimension,
    stg_member.member_key,
    stg_member.member_name,
    dim_country.country_key AS warehouse_key
FROM stg_member
INNER JOIN dim_country ON stg_member.member_name = dim_country.country
WHERE stg_member.dimension = 'country'
