-- stage.sql: rows of one file on their way into oltp.episodes, as the contract left them.
-- grain: one row per accepted row of the file
CREATE TEMPORARY TABLE stage (
    line bigint NOT NULL,
    episode_id text,
    content_id text,
    season_number smallint,
    episode_number smallint,
    title text,
    duration_minutes integer,
    released_on date,
    quality_flags text
) ON COMMIT DROP;
