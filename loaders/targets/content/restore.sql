-- restore.sql: put back what hung on titles, after the titles themselves.
-- params: load_ids (the loads that are taken back)
CREATE TEMPORARY TABLE restored ON COMMIT DROP AS
SELECT
    replaced_row.row_key,
    replaced_row.image
FROM ops.replaced_row
INNER JOIN ops.load ON replaced_row.load_id = load.load_id
WHERE
    load.target = 'content'
    AND replaced_row.load_id = any(cast(%(load_ids)s AS bigint[]))
    AND replaced_row.replaced_load_id <> all(cast(%(load_ids)s AS bigint[]));

DELETE FROM oltp.movie_details USING restored WHERE movie_details.content_key = restored.row_key;
DELETE FROM oltp.series_details USING restored WHERE series_details.content_key = restored.row_key;
DELETE FROM oltp.content_genres USING restored WHERE content_genres.content_key = restored.row_key;

INSERT INTO oltp.movie_details (content_key, duration_minutes)
SELECT
    details.content_key,
    details.duration_minutes
FROM restored
CROSS JOIN
    LATERAL jsonb_populate_record(cast(NULL AS oltp.movie_details), nullif(restored.image -> 'movie_details', 'null')) AS details
WHERE details.content_key IS NOT NULL;

INSERT INTO oltp.series_details (
    content_key, season_count, episodes_per_season, average_episode_minutes
)
SELECT
    details.content_key,
    details.season_count,
    details.episodes_per_season,
    details.average_episode_minutes
FROM restored
CROSS JOIN
    LATERAL jsonb_populate_record(cast(NULL AS oltp.series_details), nullif(restored.image -> 'series_details', 'null'))
        AS details
WHERE details.content_key IS NOT NULL;

INSERT INTO oltp.content_genres (content_key, genre_key, position)
SELECT
    genre.content_key,
    genre.genre_key,
    genre.position
FROM restored
CROSS JOIN LATERAL jsonb_populate_recordset(
    cast(NULL AS oltp.content_genres),
    CASE WHEN jsonb_typeof(restored.image -> 'content_genres') = 'array' THEN restored.image -> 'content_genres' ELSE '[]' END
) AS genre;
