-- active_users: customers with playing time on a day, and in the 7 and 30 days that end with it. They are distinct:
-- never sum them, over days or anything else. stickiness is dau of mau.
-- grain: one row per published UTC day
SELECT
    dim_date.date_value AS stat_date,
    agg_active_users.dau,
    agg_active_users.wau,
    agg_active_users.mau,
    cast(100.00000000 * agg_active_users.dau / nullif(agg_active_users.mau, 0) AS decimal(5, 2)) AS stickiness,
    agg_active_users.date_key
FROM agg_active_users
INNER JOIN dim_date ON agg_active_users.date_key = dim_date.date_key
