-- resolve_lines.sql: the lines of rows that are accepted, where no table of PostgreSQL judges them.
-- params: lines
CREATE TEMPORARY TABLE resolved ON COMMIT DROP AS
SELECT unnest(cast(%(lines)s AS bigint[])) AS line;
