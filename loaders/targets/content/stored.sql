-- stored.sql: titles as they are stored, with what hangs on them, so that undo can put them back.
-- grain: one row per title
CREATE OR REPLACE TEMPORARY VIEW stored AS
SELECT
    content.content_key AS row_key,
    content.content_id AS natural_id,
    content.source,
    content.load_id,
    to_jsonb(content) || jsonb_build_object(
        'movie_details', (
            SELECT to_jsonb(movie_details)
            FROM oltp.movie_details
            WHERE movie_details.content_key = content.content_key
        ),
        'series_details', (
            SELECT to_jsonb(series_details)
            FROM oltp.series_details
            WHERE series_details.content_key = content.content_key
        ),
        'content_genres', (
            SELECT jsonb_agg(to_jsonb(content_genres))
            FROM oltp.content_genres
            WHERE content_genres.content_key = content.content_key
        )
    ) AS image
FROM oltp.content;
