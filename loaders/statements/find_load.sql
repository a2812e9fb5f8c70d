-- find_load.sql: the load of a content, if one was begun and not taken back.
-- params: content_sha256, kind, source
SELECT
    load.load_id,
    load.target,
    load.state,
    load.path
FROM ops.load
WHERE
    load.content_sha256 = %(content_sha256)s
    AND load.kind = %(kind)s
    AND load.source = %(source)s
    AND load.state <> 'undone';
