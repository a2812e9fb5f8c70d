-- Entries of watchlists that a full delivery no longer has: a user has a title on the list once at a time, and any number
-- of times before.
ALTER TABLE oltp.watchlist ADD COLUMN ended_at timestamptz;
COMMENT ON TABLE oltp.watchlist IS 'One row per title that a user put on the list; what left the list has ended';
COMMENT ON COLUMN oltp.watchlist.ended_at IS
'When a full delivery no longer had the entry; null for one that is there';

-- A load that was killed while it filled an empty table has taken the index off, and noted the old one.
DELETE FROM ops.suspended
WHERE definition LIKE '% watchlist_once ON %';
DROP INDEX IF EXISTS oltp.watchlist_once;
CREATE UNIQUE INDEX watchlist_once ON oltp.watchlist (user_key, content_key, ended_at) NULLS NOT DISTINCT;
