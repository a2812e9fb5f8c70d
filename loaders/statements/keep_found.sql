-- keep_found.sql: leave out of resolved the rows that wait on.
DELETE FROM resolved WHERE resolved.refused_code = 'unknown_parent';
