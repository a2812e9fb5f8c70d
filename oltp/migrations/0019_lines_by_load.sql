-- Lines of days without documents are kept by the load that brought them, and what another load replaced of them as it
-- was: so a load can be taken back. What is there belongs to the load that changed its day last, which can be taken back
-- if it alone did; to be safe, later loads of a day are taken to have confirmed its lines.
ALTER TABLE oltp.box_day_lines ADD COLUMN load_id bigint;
COMMENT ON COLUMN oltp.box_day_lines.load_id IS 'The load that brought the lines';
COMMENT ON TABLE oltp.box_day_lines IS 'The lines of box_days: one row per source, day, part of its ids and load';
UPDATE oltp.box_day_lines
SET load_id = box_days.load_id
FROM oltp.box_days
WHERE box_day_lines.source = box_days.source AND box_day_lines.day = box_days.day;
ALTER TABLE oltp.box_day_lines
ALTER COLUMN load_id SET NOT NULL,
DROP CONSTRAINT box_day_lines_pkey,
ADD PRIMARY KEY (source, day, part, load_id),
ADD FOREIGN KEY (load_id) REFERENCES ops.load (load_id);
UPDATE ops.load
SET
    confirmed_loads = array(
        SELECT box_days.load_id
        FROM oltp.box_days
        WHERE
            box_days.source = load.source
            AND box_days.load_id < load.load_id
            AND strpos(load.path, to_char(box_days.day, 'YYYYMMDD')) > 0
    )
WHERE load.target = 'box_logs' AND load.unchanged_rows > 0;

CREATE TABLE ops.replaced_lines (
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    source text NOT NULL,
    day date NOT NULL,
    part integer NOT NULL,
    replaced_load_id bigint NOT NULL,
    line_count bigint NOT NULL CHECK (line_count > 0),
    lines bytea NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (load_id, source, day, part, replaced_load_id)
);
ALTER TABLE ops.replaced_lines ALTER COLUMN lines SET STORAGE EXTERNAL;
COMMENT ON TABLE ops.replaced_lines IS
'Lines of box_day_lines as they were before a load replaced them, for undo: one row per load, part of a day and load replaced';
COMMENT ON COLUMN ops.replaced_lines.load_id IS 'The load that replaced the lines';
COMMENT ON COLUMN ops.replaced_lines.source IS 'Where the logs come from';
COMMENT ON COLUMN ops.replaced_lines.day IS 'The operator''s business day';
COMMENT ON COLUMN ops.replaced_lines.part IS 'The part of the day, as in box_day_lines';
COMMENT ON COLUMN ops.replaced_lines.replaced_load_id IS 'The load that had brought the lines';
COMMENT ON COLUMN ops.replaced_lines.line_count IS 'How many lines';
COMMENT ON COLUMN ops.replaced_lines.lines IS 'The lines, packed as in box_day_lines';
COMMENT ON COLUMN ops.replaced_lines.replaced_at IS 'When they were replaced';

CREATE VIEW ops.replaced AS
SELECT
    replaced_row.load_id,
    replaced_row.replaced_load_id,
    count(*) AS kept_rows
FROM ops.replaced_row
GROUP BY replaced_row.load_id, replaced_row.replaced_load_id
UNION ALL
SELECT
    replaced_lines.load_id,
    replaced_lines.replaced_load_id,
    cast(sum(replaced_lines.line_count) AS bigint) AS kept_rows
FROM ops.replaced_lines
GROUP BY replaced_lines.load_id, replaced_lines.replaced_load_id;
COMMENT ON VIEW ops.replaced IS 'What is kept of rows and lines that were replaced: one row per load and load replaced';
COMMENT ON COLUMN ops.replaced.load_id IS 'The load that replaced them';
COMMENT ON COLUMN ops.replaced.replaced_load_id IS 'The load that had written them';
COMMENT ON COLUMN ops.replaced.kept_rows IS 'How many are kept as they were';
