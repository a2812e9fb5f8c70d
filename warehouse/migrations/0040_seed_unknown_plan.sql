REPLACE INTO dim_plan (plan_key, plan) VALUES (0, 'Unknown')
