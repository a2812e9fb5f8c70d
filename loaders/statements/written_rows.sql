-- written_rows.sql: how many rows of the target some loads wrote last.
-- grain:  one row
-- params: load_ids
SELECT count(*) AS written_rows
FROM stored
WHERE stored.load_id = any(cast(%(load_ids)s AS bigint[]));
