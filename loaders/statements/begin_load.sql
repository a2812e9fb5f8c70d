-- begin_load.sql: enter a file into the ledger, or count one more attempt at it; returns load_id.
-- params: content_sha256, kind, source, path, file_bytes
INSERT INTO ops.load (content_sha256, kind, source, path, file_bytes, state)
VALUES (
    %(content_sha256)s, %(kind)s, %(source)s, %(path)s, %(file_bytes)s, 'planned'
)
ON CONFLICT (content_sha256, kind, source) DO UPDATE
    SET
        attempts = load.attempts + 1,
        path = excluded.path
RETURNING load_id;
