-- replaced_lines.sql: the lines of other loads that some loads replaced, as they were.
-- grain:  one row per load, part of a day and load replaced
-- params: load_ids
SELECT
    replaced_lines.source,
    replaced_lines.day,
    replaced_lines.part,
    replaced_lines.replaced_load_id,
    replaced_lines.line_count,
    replaced_lines.lines
FROM ops.replaced_lines
WHERE
    replaced_lines.load_id = any(cast(%(load_ids)s AS bigint[]))
    AND replaced_lines.replaced_load_id <> all(cast(%(load_ids)s AS bigint[]));
