-- interrupt_exports: an export that still says running while we hold the lock was killed.
-- params: none
UPDATE export_log
SET outcome = 'interrupted', ended_at = utc_timestamp(6)
WHERE outcome = 'running'
