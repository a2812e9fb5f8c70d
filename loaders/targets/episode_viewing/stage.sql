-- stage.sql: rows of one file on their way into oltp.episode_viewing, as the contract left them.
-- grain: one row per accepted row of the file
CREATE TEMPORARY TABLE stage (
    line bigint NOT NULL,
    episode_viewing_id text,
    session_id text,
    episode_id text,
    watch_seconds integer,
    is_complete boolean,
    quality_flags text
) ON COMMIT DROP;
