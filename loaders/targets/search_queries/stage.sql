-- stage.sql: rows of one file on their way into oltp.search_queries, as the contract left them.
-- grain: one row per accepted row of the file
CREATE TEMPORARY TABLE stage (
    line bigint NOT NULL,
    search_id text,
    user_id text,
    query_text text,
    result_count integer,
    clicked_content_id text,
    filters jsonb,
    searched_at timestamptz,
    quality_flags text
) ON COMMIT DROP;
