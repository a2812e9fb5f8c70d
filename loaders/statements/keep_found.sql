-- keep_found.sql: leave out of resolved the rows that wait on; returns their codes.
-- grain: one row per row left out
DELETE FROM resolved WHERE resolved.refused_code = 'unknown_parent'
RETURNING resolved.refused_code;
