ALTER TABLE agg_customer_month
    ADD COLUMN refresh_id int NOT NULL DEFAULT 0 COMMENT 'refresh_log.refresh_id of the run that wrote the row' AFTER segment
