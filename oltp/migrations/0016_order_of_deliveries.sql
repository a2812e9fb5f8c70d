-- The order of deliveries: which rows are later than which, and which refused rows a later delivery overtook.
ALTER TABLE ops.load
ADD COLUMN is_full boolean NOT NULL DEFAULT FALSE,
ADD COLUMN is_correction boolean NOT NULL DEFAULT FALSE,
ADD COLUMN confirmed_loads bigint[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN ops.load.is_full IS 'Whether the file was said to be all there is: what it lacks has ended';
COMMENT ON COLUMN ops.load.is_correction IS 'Whether somebody corrected the rows, which came out of quarantine';
COMMENT ON COLUMN ops.load.confirmed_loads IS 'Loads whose rows came again, unchanged';
COMMENT ON COLUMN ops.load.started_at IS 'Start of the first attempt';
UPDATE ops.load SET is_full = TRUE
WHERE load.ended_rows > 0;
UPDATE ops.load
SET is_correction = TRUE
FROM ops.load AS origin
WHERE load.origin_load_id = origin.load_id AND load.started_at > origin.started_at;

ALTER TABLE ops.load ADD COLUMN delivery_id bigint NOT NULL
GENERATED ALWAYS AS (CASE WHEN is_correction THEN load_id ELSE coalesce(origin_load_id, load_id) END) STORED;
COMMENT ON COLUMN ops.load.delivery_id IS
'Order of deliveries: the attempt that stored the file; rows out of quarantine came with theirs, unless corrected since';

ALTER TABLE ops.quarantine
ADD COLUMN natural_id text,
ADD COLUMN overtaken_by bigint[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN ops.quarantine.natural_id IS
'Id of the row in its source, with its day if it holds within one only; null if it is not known or not kept';
COMMENT ON COLUMN ops.quarantine.overtaken_by IS
'Loads that accepted a later row of that id: while one of them stands, the refused row is out of date';
UPDATE ops.quarantine
SET natural_id = cast(quarantine.row_text AS json) ->> named.column_name
FROM ops.load
INNER JOIN (
    VALUES
    ('users', 'user_id'),
    ('content', 'content_id'),
    ('episodes', 'episode_id'),
    ('devices', 'device_id'),
    ('viewing_sessions', 'session_id'),
    ('episode_viewing', 'episode_viewing_id'),
    ('playback_attempts', 'attempt_id'),
    ('ratings', 'rating_id'),
    ('watchlist', 'watchlist_id'),
    ('subscription_events', 'subscription_event_id'),
    ('search_queries', 'search_id')
) AS named (target, column_name) ON load.target = named.target
WHERE quarantine.load_id = load.load_id AND quarantine.row_form = 'values';
CREATE INDEX quarantine_natural_id ON ops.quarantine (natural_id) WHERE natural_id IS NOT NULL;

CREATE VIEW ops.held_row AS
SELECT
    quarantine.quarantine_id,
    quarantine.load_id,
    quarantine.line,
    quarantine.code,
    quarantine.row_text,
    quarantine.row_values,
    quarantine.row_form
FROM ops.quarantine
INNER JOIN ops.load ON quarantine.load_id = load.load_id
WHERE
    load.state = 'complete'
    AND quarantine.overtaken_by = '{}'
    AND NOT EXISTS (
        SELECT 1
        FROM ops.load AS later
        WHERE
            later.is_full
            AND later.state = 'complete'
            AND later.kind = load.kind
            AND later.source = load.source
            AND later.delivery_id > load.delivery_id
    );
COMMENT ON VIEW ops.held_row IS
'Refused rows that may be loaded yet: one row each, of files not refused whole, that no later delivery overtook';
COMMENT ON COLUMN ops.held_row.quarantine_id IS 'Key';
COMMENT ON COLUMN ops.held_row.load_id IS 'The load that refused the row';
COMMENT ON COLUMN ops.held_row.line IS 'Line of the file, or element of the array, counted from 1';
COMMENT ON COLUMN ops.held_row.code IS 'Stable code of the reason';
COMMENT ON COLUMN ops.held_row.row_text IS 'The row as it was read';
COMMENT ON COLUMN ops.held_row.row_values IS 'The columns of the file, as text';
COMMENT ON COLUMN ops.held_row.row_form IS 'text, columns or values, as in ops.quarantine';
