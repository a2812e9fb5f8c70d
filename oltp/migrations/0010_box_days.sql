-- Days of set-top-box logs that have no documents: their lines, packed, and their totals.
CREATE TABLE oltp.box_days (
    source text NOT NULL,
    day date NOT NULL,
    line_count bigint NOT NULL CHECK (line_count > 0),
    watch_seconds bigint NOT NULL CHECK (watch_seconds >= 0),
    active_contracts bigint NOT NULL,
    load_id bigint NOT NULL REFERENCES ops.load (load_id),
    PRIMARY KEY (source, day)
);
CREATE INDEX box_days_day ON oltp.box_days (day);
COMMENT ON TABLE oltp.box_days IS
'Days of set-top-box logs that went to the warehouse without documents: one row per source and day';
COMMENT ON COLUMN oltp.box_days.source IS 'Where the logs come from';
COMMENT ON COLUMN oltp.box_days.day IS 'The operator''s business day, as the file''s name says';
COMMENT ON COLUMN oltp.box_days.line_count IS 'Lines, each id once';
COMMENT ON COLUMN oltp.box_days.watch_seconds IS 'Time that boxes were on, seconds';
COMMENT ON COLUMN oltp.box_days.active_contracts IS
'Contracts with time above 0, without those that other sources of the day count';
COMMENT ON COLUMN oltp.box_days.load_id IS 'The load that changed the day last';

CREATE TABLE oltp.box_day_lines (
    source text NOT NULL,
    day date NOT NULL,
    part integer NOT NULL,
    lines bytea NOT NULL,
    PRIMARY KEY (source, day, part),
    FOREIGN KEY (source, day) REFERENCES oltp.box_days (source, day)
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
-- The lines are compressed as they come; a second time costs much and gains nothing.
ALTER TABLE oltp.box_day_lines ALTER COLUMN lines SET STORAGE EXTERNAL;
COMMENT ON TABLE oltp.box_day_lines IS 'The lines of box_days: one row per source, day and part of its ids';
COMMENT ON COLUMN oltp.box_day_lines.source IS 'Where the logs come from';
COMMENT ON COLUMN oltp.box_day_lines.day IS 'The operator''s business day';
COMMENT ON COLUMN oltp.box_day_lines.part IS 'Sum of the bytes of its ids, modulo 8';
COMMENT ON COLUMN oltp.box_day_lines.lines IS
'Arrow IPC stream of log_id, contract_code, application and watch_seconds, compressed with Zstandard';
