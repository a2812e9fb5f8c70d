-- begin_load.sql: enter a file into the ledger, or count one more attempt at one that stored nothing; returns load_id.
-- A new attempt has a new load_id: an export that runs beside it takes the documents up to the last id it saw.
-- params: content_sha256, kind, source, path, file_bytes
INSERT INTO ops.load (content_sha256, kind, source, path, file_bytes, state)
VALUES (
    %(content_sha256)s, %(kind)s, %(source)s, %(path)s, %(file_bytes)s, 'planned'
)
ON CONFLICT (content_sha256, kind, source) DO UPDATE
    SET
        load_id = DEFAULT,
        attempts = load.attempts + 1,
        path = excluded.path
RETURNING load_id;
