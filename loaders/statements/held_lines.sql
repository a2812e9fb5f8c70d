-- held_lines.sql: which of some lines of a load are in quarantine still.
-- grain:  one row per line
-- params: load_id, lines
SELECT quarantine.line
FROM ops.quarantine
WHERE quarantine.load_id = %(load_id)s AND quarantine.line = any(%(lines)s);
