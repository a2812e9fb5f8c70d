-- Loads that were refused whole or taken back, what a load replaced, and refused rows that can be judged again.
ALTER TABLE ops.load DROP CONSTRAINT load_state_check;
ALTER TABLE ops.load ADD CONSTRAINT load_state_check CHECK (
    state IN ('planned', 'refused', 'postgres_done', 'mongo_done', 'complete', 'undoing', 'undone')
);
ALTER TABLE ops.load DROP CONSTRAINT load_row_law;
ALTER TABLE ops.load ADD CONSTRAINT load_row_law CHECK (
    state IN ('planned', 'refused')
    OR read_rows = loaded_rows + unchanged_rows + updated_rows + rejected_rows + skipped_rows
);
DROP INDEX ops.load_content;
CREATE UNIQUE INDEX load_content ON ops.load (content_sha256, kind, source) WHERE state <> 'undone';
COMMENT ON COLUMN ops.load.state IS
'planned, postgres_done, mongo_done or complete; refused whole; undoing or undone. Only complete loads are exported';

ALTER TABLE ops.load ADD COLUMN target text;
UPDATE ops.load
SET target = CASE WHEN load.kind = 'iptv.logs' THEN 'box_logs' ELSE split_part(load.kind, '.', 2) END;
ALTER TABLE ops.load ALTER COLUMN target SET NOT NULL;
COMMENT ON COLUMN ops.load.target IS 'Table, or collection of documents only, that its rows are in';

ALTER TABLE ops.load
ADD COLUMN origin_load_id bigint REFERENCES ops.load (load_id),
ADD COLUMN replaced_rows bigint CHECK (replaced_rows >= 0),
ADD COLUMN rewritten_loads bigint[];
COMMENT ON COLUMN ops.load.origin_load_id IS 'Of rows out of quarantine: the load that refused them';
COMMENT ON COLUMN ops.load.replaced_rows IS 'Stored rows that this load put others in the place of; null if unknown';
COMMENT ON COLUMN ops.load.rewritten_loads IS 'While it is undone: the loads whose documents are written again';
CREATE INDEX load_origin ON ops.load (origin_load_id);

CREATE TABLE ops.replaced_row (
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    row_key bigint NOT NULL,
    replaced_load_id bigint NOT NULL,
    image jsonb NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (load_id, row_key)
);
CREATE INDEX replaced_row_replaced_load ON ops.replaced_row (replaced_load_id);
COMMENT ON TABLE ops.replaced_row IS 'Rows as they were before a load replaced them, for undo: one row per load and row';
COMMENT ON COLUMN ops.replaced_row.load_id IS 'The load that replaced the row, in the table of its kind';
COMMENT ON COLUMN ops.replaced_row.row_key IS 'Primary key of the row in that table';
COMMENT ON COLUMN ops.replaced_row.replaced_load_id IS 'The load that had written the row before';
COMMENT ON COLUMN ops.replaced_row.image IS 'The row, and what hangs on it, by table';
COMMENT ON COLUMN ops.replaced_row.replaced_at IS 'When it was replaced';

ALTER TABLE ops.quarantine
ADD COLUMN row_form text NOT NULL DEFAULT 'text' CHECK (row_form IN ('text', 'columns', 'values')),
ADD COLUMN row_values json;
COMMENT ON COLUMN ops.quarantine.row_form IS
'text: only the text is known; columns: row_values is what the file says; values: row_text is what was read of it, as JSON';
COMMENT ON COLUMN ops.quarantine.row_values IS 'The columns of the file, as text';
UPDATE ops.quarantine SET row_form = 'values' WHERE code = 'unknown_parent';
