-- refresh_changed_days_often: the same as every day, for those who export more than once a day; off until somebody
-- chooses its interval by 'svp warehouse schedule set'.
CREATE EVENT IF NOT EXISTS refresh_changed_days_often
ON SCHEDULE EVERY 15 MINUTE STARTS '2026-01-01 00:07:00'
ON COMPLETION PRESERVE
DISABLE
COMMENT 'Rebuild every slice that changed; every 15 minutes unless somebody chose another interval.'
DO CALL refresh_changed_days()
