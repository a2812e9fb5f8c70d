-- stage.sql: rows of one file on their way into oltp.ratings, as the contract left them.
-- grain: one row per accepted row of the file
CREATE TEMPORARY TABLE stage (
    line bigint NOT NULL,
    rating_id text,
    user_id text,
    content_id text,
    stars smallint,
    review text,
    helpful_count integer,
    rated_at timestamptz,
    quality_flags text
) ON COMMIT DROP;
