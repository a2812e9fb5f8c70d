-- overtake_documents.sql: the same of documents that are accepted, by their keys, which begin with the source.
-- params: load_id; keys, lines (arrays of equal length)
UPDATE ops.quarantine
SET overtaken_by = quarantine.overtaken_by || own.load_id
FROM ops.load AS own
INNER JOIN ops.load AS refusing ON own.target = refusing.target AND own.source = refusing.source
CROSS JOIN unnest(cast(%(keys)s AS text[]), cast(%(lines)s AS bigint[])) AS accepted (key, line)
WHERE
    own.load_id = %(load_id)s
    AND quarantine.load_id = refusing.load_id
    AND quarantine.natural_id = substr(accepted.key, char_length(own.source) + 2)
    AND (refusing.delivery_id, quarantine.line) < (own.delivery_id, accepted.line);
