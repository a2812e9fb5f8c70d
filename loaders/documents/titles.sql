-- titles.sql: titles of one load, as the documents of MongoDB need them.
-- grain:  one row per title
-- params: load_id
SELECT
    content.source,
    content.content_id,
    content.title,
    content.content_type,
    content.release_year,
    content.maturity_rating,
    content.language,
    content.is_original,
    content.director,
    content.main_actor,
    movie_details.duration_minutes,
    series_details.season_count,
    series_details.average_episode_minutes,
    content.ended_at,
    content.load_id,
    to_json(content.actors) AS actors,
    to_json(series_details.episodes_per_season) AS episodes_per_season,
    array_to_string(content.quality_flags, ',') AS quality_flags,
    to_json(array(
        SELECT genres.genre
        FROM oltp.content_genres
        INNER JOIN oltp.genres ON content_genres.genre_key = genres.genre_key
        WHERE content_genres.content_key = content.content_key
        ORDER BY content_genres.position
    )) AS genres
FROM oltp.content
LEFT JOIN oltp.movie_details ON content.content_key = movie_details.content_key
LEFT JOIN oltp.series_details ON content.content_key = series_details.content_key
WHERE content.load_id = %(load_id)s;
