-- listed_member_keys: the warehouse's keys of the staged customers and applications, in lists: one of thousands is read
--                     sooner than as many rows.
-- grain:  one row per 10,000 numbers of staged members; the keys are in the order of the numbers, parted by commas
-- params: none
SELECT
    group_concat(
        coalesce(dim_customer.customer_key, dim_application.application_key) ORDER BY stg_member.member_key
    ) AS warehouse_keys
FROM stg_member
LEFT JOIN dim_customer
    ON
        stg_member.dimension = 'customer'
        AND stg_member.source = dim_customer.source
        AND stg_member.member_name = dim_customer.customer_code
LEFT JOIN dim_application
    ON
        stg_member.dimension = 'application'
        AND stg_member.member_name = dim_application.application
GROUP BY stg_member.member_key DIV 10000
ORDER BY stg_member.member_key DIV 10000
