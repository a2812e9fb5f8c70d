-- Rows that a full delivery no longer has: when that was told, and how many a load ended.
ALTER TABLE oltp.users ADD COLUMN ended_at timestamptz;
ALTER TABLE oltp.content ADD COLUMN ended_at timestamptz;
ALTER TABLE oltp.episodes ADD COLUMN ended_at timestamptz;
ALTER TABLE oltp.devices ADD COLUMN ended_at timestamptz;
COMMENT ON COLUMN oltp.users.ended_at IS 'When a full delivery no longer had the user; null for one that is there';
COMMENT ON COLUMN oltp.content.ended_at IS 'When a full delivery no longer had the title; null for one that is there';
COMMENT ON COLUMN oltp.episodes.ended_at IS
'When a full delivery no longer had the episode; null for one that is there';
COMMENT ON COLUMN oltp.devices.ended_at IS
'When a full delivery no longer had the device; null for one that is there';

ALTER TABLE ops.load ADD COLUMN ended_rows bigint NOT NULL DEFAULT 0 CHECK (ended_rows >= 0);
COMMENT ON COLUMN ops.load.ended_rows IS
'Stored rows that a full delivery no longer has; beside the row law, as they were not read';
