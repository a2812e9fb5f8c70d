-- overtake_documents.sql: the same of documents that are stored as they come again, which say nothing of who brought
-- them last; of the others the document says which load that was.
-- params: load_id, natural_ids
UPDATE ops.quarantine
SET overtaken_by = quarantine.overtaken_by || own.load_id
FROM ops.load AS own
INNER JOIN ops.load AS refusing ON own.target = refusing.target AND own.source = refusing.source
WHERE
    own.load_id = %(load_id)s
    AND quarantine.load_id = refusing.load_id
    AND quarantine.natural_id = any(cast(%(natural_ids)s AS text[]))
    AND refusing.delivery_id < own.delivery_id;
