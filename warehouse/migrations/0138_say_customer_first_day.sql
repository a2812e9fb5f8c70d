ALTER TABLE customer_first_day
    COMMENT = 'One row per customer who was ever active; kept by publish_first_days'
