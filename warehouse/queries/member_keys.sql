-- member_keys: the warehouse's keys of the staged members, for the temporary table warehouse_key of PostgreSQL; customers
--              and titles in lists: one of thousands is read sooner than as many rows.
-- grain:  one row per dimension and 10,000 of PostgreSQL's keys, both lists in one order; or one row per name
-- params: none
SELECT
    stg_member.dimension,
    group_concat(stg_member.member_key ORDER BY stg_member.member_key) AS member_keys,
    NULL AS member_name,
    group_concat(dim_customer.customer_key ORDER BY stg_member.member_key) AS warehouse_keys
FROM stg_member
INNER JOIN dim_customer
    ON
        stg_member.source = dim_customer.source
        AND stg_member.member_name = dim_customer.customer_code
WHERE stg_member.dimension = 'customer' AND stg_member.member_key IS NOT NULL
GROUP BY stg_member.dimension, stg_member.member_key DIV 10000
UNION ALL
SELECT
    stg_member.dimension,
    group_concat(stg_member.member_key ORDER BY stg_member.member_key) AS member_keys,
    NULL AS member_name,
    group_concat(dim_title.title_key ORDER BY stg_member.member_key) AS warehouse_keys
FROM stg_member
INNER JOIN dim_title
    ON
        stg_member.source = dim_title.source
        AND stg_member.member_name = dim_title.content_id
WHERE stg_member.dimension = 'title' AND stg_member.member_key IS NOT NULL
GROUP BY stg_member.dimension, stg_member.member_key DIV 10000
UNION ALL
SELECT
    stg_member.dimension,
    NULL AS member_keys,
    stg_member.member_name,
    dim_device.device_key AS warehouse_keys
FROM stg_member
INNER JOIN dim_device ON stg_member.member_name = dim_device.device_type
WHERE stg_member.dimension = 'device'
UNION ALL
SELECT
    stg_member.dimension,
    NULL AS member_keys,
    stg_member.member_name,
    dim_country.country_key AS warehouse_keys
FROM stg_member
INNER JOIN dim_country ON stg_member.member_name = dim_country.country
WHERE stg_member.dimension = 'country'
