-- fact_category_seconds has the same customers on the same days, under an index of its own.
ALTER TABLE fact_watch DROP KEY fact_watch_customer
