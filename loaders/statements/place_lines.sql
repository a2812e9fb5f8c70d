-- place_lines.sql: note where in the file refused rows begin.
-- params: load_id; lines, byte_offsets (arrays of equal length)
UPDATE ops.quarantine
SET byte_offset = placed.byte_offset
FROM
    unnest(cast(%(lines)s AS bigint[]), cast(%(byte_offsets)s AS bigint[])) AS placed (line, byte_offset)
WHERE quarantine.load_id = %(load_id)s AND quarantine.line = placed.line;
