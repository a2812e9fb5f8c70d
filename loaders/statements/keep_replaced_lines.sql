-- keep_replaced_lines.sql: keep lines of a day of set-top-box logs as they were before a load replaced them.
-- params:   load_id, source, day, part, replaced_load_id, line_count, lines (packed)
-- settings: svp.undo_days
INSERT INTO ops.replaced_lines (load_id, source, day, part, replaced_load_id, line_count, lines)
SELECT
    given.load_id,
    given.source,
    given.day,
    given.part,
    given.replaced_load_id,
    given.line_count,
    given.lines
FROM (
    VALUES (
        %(load_id)s,
        %(source)s,
        cast(%(day)s AS date),
        %(part)s,
        %(replaced_load_id)s,
        %(line_count)s,
        cast(%(lines)s AS bytea)
    )
) AS given (load_id, source, day, part, replaced_load_id, line_count, lines)
WHERE cast(current_setting('svp.undo_days') AS integer) > 0;
