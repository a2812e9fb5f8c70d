ALTER TABLE agg_churn_signals
    ADD COLUMN refresh_id int NOT NULL DEFAULT 0 COMMENT 'refresh_log.refresh_id of the run that wrote the row'
    AFTER watch_hours_prev_28
