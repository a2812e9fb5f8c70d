-- A file that is all there is of its day may end documents. They go from MongoDB when the load is published, which may take
-- more than one run: until then it is known here which.
CREATE TABLE ops.ended_document (
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    document_id text NOT NULL,
    PRIMARY KEY (load_id, document_id)
);
COMMENT ON TABLE ops.ended_document IS
'Documents that a load ends and that may still be there, none of a load that is published: one row per load and document';
COMMENT ON COLUMN ops.ended_document.load_id IS 'The load that ends them';
COMMENT ON COLUMN ops.ended_document.document_id IS 'The _id of the document';

-- Which way logs went was told by what their day left in PostgreSQL: of a file without an accepted line that is nothing.
ALTER TABLE ops.load ADD COLUMN is_packed boolean NOT NULL DEFAULT FALSE;
COMMENT ON COLUMN ops.load.is_packed IS 'Whether its lines went to the warehouse without documents';
UPDATE ops.load
SET is_packed = TRUE
WHERE
    load.target = 'box_logs'
    AND EXISTS (
        SELECT 1
        FROM oltp.box_days
        WHERE strpos(regexp_replace(load.path, '^.*/', ''), to_char(box_days.day, 'YYYYMMDD')) > 0
    );

-- Migration 19 took it from documents which loads had confirmed theirs. To be safe, later loads of a day are taken to have
-- confirmed those before them.
UPDATE ops.load
SET
    confirmed_loads = array(
        SELECT earlier.load_id
        FROM ops.load AS earlier
        WHERE
            earlier.target = load.target
            AND earlier.source = load.source
            AND earlier.load_id < load.load_id
            AND earlier.state = 'complete'
            AND substring(earlier.path, '[0-9]{8}[^/]*$') IS NOT NULL
            AND left(substring(earlier.path, '[0-9]{8}[^/]*$'), 8) = left(substring(load.path, '[0-9]{8}[^/]*$'), 8)
    )
FROM ops.schema_migration
WHERE
    schema_migration.number = 19
    AND load.started_at < schema_migration.applied_at
    AND load.target = 'box_logs'
    AND NOT load.is_packed
    AND load.unchanged_rows > 0;
