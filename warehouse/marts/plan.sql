-- plan: what customers subscribe to.
-- grain: one row per plan
SELECT
    dim_plan.plan,
    dim_plan.plan_key
FROM dim_plan
