-- other_content.sql: where the first other content of a kind and source was when it was loaded; none that was taken
-- back since.
-- grain:  one row, or none
-- params: kind, source, own_contents
SELECT load.path
FROM ops.load
WHERE
    load.kind = %(kind)s
    AND load.source = %(source)s
    AND load.content_sha256 <> all(%(own_contents)s)
    AND load.loaded_rows > 0
    AND load.state NOT IN ('undoing', 'undone')
ORDER BY load.load_id
LIMIT 1;
