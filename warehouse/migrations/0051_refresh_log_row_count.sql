ALTER TABLE refresh_log
    MODIFY COLUMN row_count bigint NULL
    COMMENT 'Rows written; days by publish_days, ranges by refresh_changed_days; null unless it is done'
