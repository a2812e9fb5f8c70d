-- rebuilt_ranges: how many ranges this connection's refresh_changed_days rebuilt.
-- grain:  one row
-- params: none
SELECT refresh_log.row_count
FROM refresh_log
WHERE refresh_log.procedure_name = 'refresh_changed_days' AND refresh_log.connection_id = connection_id()
ORDER BY refresh_log.refresh_id DESC
LIMIT 1
