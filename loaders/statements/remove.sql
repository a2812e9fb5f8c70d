-- remove.sql: remove the rows that go.
DELETE FROM stored
USING removed
WHERE stored.row_key = removed.row_key;
