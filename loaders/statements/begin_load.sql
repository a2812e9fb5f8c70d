-- begin_load.sql: enter a file into the ledger, or count one more attempt at one that stored nothing; returns load_id.
-- A new attempt has a new load_id: an export that runs beside it takes the documents up to the last id it saw, and a
-- file counts as delivered when it was stored, not when it was tried first. What the attempt before it refused is
-- refused again, or not any more.
-- params: content_sha256, kind, target, source, path, file_bytes, said, is_full, is_packed
DELETE FROM ops.quarantine
USING ops.load
WHERE
    quarantine.load_id = load.load_id
    AND load.content_sha256 = %(content_sha256)s
    AND load.kind = %(kind)s
    AND load.source = %(source)s
    AND load.state = 'refused';

INSERT INTO ops.load (content_sha256, kind, target, source, path, file_bytes, said, is_full, is_packed, state)
VALUES (
    %(content_sha256)s,
    %(kind)s,
    %(target)s,
    %(source)s,
    %(path)s,
    %(file_bytes)s,
    %(said)s,
    %(is_full)s,
    %(is_packed)s,
    'planned'
)
ON CONFLICT (content_sha256, kind, source) WHERE state <> 'undone' DO UPDATE
    SET
        load_id = DEFAULT,
        state = 'planned',
        attempts = load.attempts + 1,
        path = excluded.path,
        is_full = excluded.is_full,
        is_packed = excluded.is_packed
RETURNING load_id;
