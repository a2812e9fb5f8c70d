-- Schema ops: what was loaded, what was refused, and which days changed.
CREATE SCHEMA IF NOT EXISTS ops;
COMMENT ON SCHEMA ops IS 'Bookkeeping of svp: ledger, quarantine and versions';

CREATE TABLE ops.load (
    load_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    source text NOT NULL,
    path text NOT NULL,
    content_sha256 text NOT NULL,
    file_bytes bigint NOT NULL CHECK (file_bytes >= 0),
    state text NOT NULL CHECK (state IN ('planned', 'postgres_done', 'mongo_done', 'complete')),
    read_rows bigint NOT NULL DEFAULT 0,
    loaded_rows bigint NOT NULL DEFAULT 0,
    unchanged_rows bigint NOT NULL DEFAULT 0,
    updated_rows bigint NOT NULL DEFAULT 0,
    rejected_rows bigint NOT NULL DEFAULT 0,
    skipped_rows bigint NOT NULL DEFAULT 0,
    flags jsonb NOT NULL DEFAULT '{}',
    attempts integer NOT NULL DEFAULT 1,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    CONSTRAINT load_row_law CHECK (
        state = 'planned'
        OR read_rows = loaded_rows + unchanged_rows + updated_rows + rejected_rows + skipped_rows
    )
);
CREATE UNIQUE INDEX load_content ON ops.load (content_sha256, kind, source);
COMMENT ON TABLE ops.load IS 'Ledger: one row per file content, kind and source';
COMMENT ON COLUMN ops.load.load_id IS 'Key; data rows carry the load that wrote them last';
COMMENT ON COLUMN ops.load.kind IS 'Kind of file that was recognised, as relational.users';
COMMENT ON COLUMN ops.load.source IS 'First half of every natural key in the file';
COMMENT ON COLUMN ops.load.path IS 'Where the file was when it was loaded';
COMMENT ON COLUMN ops.load.content_sha256 IS 'SHA-256 of the bytes, as hex';
COMMENT ON COLUMN ops.load.file_bytes IS 'Size of the file, bytes';
COMMENT ON COLUMN ops.load.state IS 'planned, postgres_done, mongo_done or complete; only complete loads are exported';
COMMENT ON COLUMN ops.load.read_rows IS 'Rows read = loaded + unchanged + updated + rejected + skipped';
COMMENT ON COLUMN ops.load.loaded_rows IS 'Rows that are new';
COMMENT ON COLUMN ops.load.unchanged_rows IS 'Rows that were there already, the same';
COMMENT ON COLUMN ops.load.updated_rows IS 'Rows that replaced or superseded a row of the same key';
COMMENT ON COLUMN ops.load.rejected_rows IS 'Rows in quarantine';
COMMENT ON COLUMN ops.load.skipped_rows IS 'Blank lines and repeated headers';
COMMENT ON COLUMN ops.load.flags IS 'Rows stored with a remark: code to number of rows';
COMMENT ON COLUMN ops.load.attempts IS 'Runs that worked on this file';
COMMENT ON COLUMN ops.load.started_at IS 'Start of the first attempt';
COMMENT ON COLUMN ops.load.ended_at IS 'When the load was complete';

CREATE TABLE ops.load_day (
    load_id bigint NOT NULL REFERENCES ops.load (load_id) ON DELETE CASCADE,
    day date NOT NULL,
    PRIMARY KEY (load_id, day)
);
CREATE INDEX load_day_day ON ops.load_day (day);
COMMENT ON TABLE ops.load_day IS 'Event days that a load touched: of new rows, and of the rows they replaced';
COMMENT ON COLUMN ops.load_day.load_id IS 'The load';
COMMENT ON COLUMN ops.load_day.day IS 'The event day, UTC';

CREATE TABLE ops.quarantine (
    quarantine_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    load_id bigint NOT NULL REFERENCES ops.load (load_id) ON DELETE CASCADE,
    line bigint NOT NULL,
    column_name text,
    code text NOT NULL,
    value text,
    row_text text NOT NULL,
    refused_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX quarantine_load ON ops.quarantine (load_id, line);
COMMENT ON TABLE ops.quarantine IS 'Rows that could not be stored truly: one row per refused row';
COMMENT ON COLUMN ops.quarantine.quarantine_id IS 'Key';
COMMENT ON COLUMN ops.quarantine.load_id IS 'The load that refused the row';
COMMENT ON COLUMN ops.quarantine.line IS 'Line of the file, or element of the array, counted from 1';
COMMENT ON COLUMN ops.quarantine.column_name IS 'Column at fault; null when it is the whole row';
COMMENT ON COLUMN ops.quarantine.code IS 'Stable code of the reason';
COMMENT ON COLUMN ops.quarantine.value IS 'The value at fault, cut to 80 characters';
COMMENT ON COLUMN ops.quarantine.row_text IS 'The row as it was read';
COMMENT ON COLUMN ops.quarantine.refused_at IS 'When it was refused';

CREATE SEQUENCE ops.version;
COMMENT ON SEQUENCE ops.version IS 'Versions of days and marks; a later change has a higher one';

CREATE TABLE ops.day_version (
    day date PRIMARY KEY,
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE ops.day_version IS 'One row per event day: raised by each completed load that touched it';
COMMENT ON COLUMN ops.day_version.day IS 'The event day, UTC';
COMMENT ON COLUMN ops.day_version.version IS 'From the sequence ops.version';
COMMENT ON COLUMN ops.day_version.changed_at IS 'When it was raised last';

CREATE TABLE ops.mark (
    mark text PRIMARY KEY,
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE ops.mark IS 'Changes that touch no day: one row per kind of thing, as users or titles';
COMMENT ON COLUMN ops.mark.mark IS 'users or titles';
COMMENT ON COLUMN ops.mark.version IS 'From the sequence ops.version';
COMMENT ON COLUMN ops.mark.changed_at IS 'When it was raised last';
