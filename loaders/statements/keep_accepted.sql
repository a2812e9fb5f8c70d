-- keep_accepted.sql: leave out of resolved the rows that are refused again, which stay in quarantine as they are;
-- returns their codes.
-- grain: one row per row left out
DELETE FROM resolved WHERE resolved.refused_code IS NOT NULL
RETURNING resolved.refused_code;
