-- refresh_changed_days_every_day: aggregates follow what was published, without anybody asking. 03:00 UTC.
CREATE EVENT IF NOT EXISTS refresh_changed_days_every_day
ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 03:00:00'
ON COMPLETION PRESERVE
COMMENT 'Rebuild every slice that changed; 03:00 UTC unless somebody chose another time.'
DO CALL refresh_changed_days()
