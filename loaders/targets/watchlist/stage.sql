-- stage.sql: rows of one file on their way into oltp.watchlist, as the contract left them.
-- grain: one row per accepted row of the file
CREATE TEMPORARY TABLE stage (
    line bigint NOT NULL,
    watchlist_id text,
    user_id text,
    content_id text,
    added_at timestamptz,
    watched_at timestamptz,
    quality_flags text
) ON COMMIT DROP;
