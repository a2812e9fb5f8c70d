-- merge.sql: store new titles, put corrections in the place of the old, and rebuild their details and genres.
-- settings: svp.source, svp.load_id
CREATE TEMPORARY TABLE merged (
    content_key bigint NOT NULL,
    content_type text NOT NULL,
    genres jsonb,
    duration_minutes integer,
    season_count integer,
    episodes_per_season jsonb,
    average_episode_minutes integer
) ON COMMIT DROP;

-- What was stored is taken from there: the planner knows nothing of rows that this transaction has brought.
WITH stored AS (
    INSERT INTO oltp.content (
        source,
        content_id,
        title,
        content_type,
        release_year,
        released_on,
        added_on,
        maturity_rating,
        rating_average,
        view_count,
        production_budget,
        language,
        is_original,
        director,
        main_actor,
        actors,
        available_countries,
        description,
        quality_flags,
        row_hash,
        load_id
    )
    SELECT
        current_setting('svp.source') AS source,
        resolved.content_id,
        resolved.title,
        resolved.content_type,
        resolved.release_year,
        resolved.released_on,
        resolved.added_on,
        resolved.maturity_rating,
        resolved.rating_average,
        resolved.view_count,
        resolved.production_budget,
        resolved.language,
        resolved.is_original,
        resolved.director,
        resolved.main_actor,
        array(
            SELECT actor.name
            FROM jsonb_array_elements_text(resolved.actors) WITH ORDINALITY AS actor (name, number)
            ORDER BY actor.number
        ) AS actors,
        array(
            SELECT country.name FROM jsonb_array_elements_text(resolved.available_countries) AS country (name)
        ) AS available_countries,
        resolved.description,
        resolved.quality_flags,
        resolved.row_hash,
        cast(current_setting('svp.load_id') AS bigint) AS load_id
    FROM resolved
    WHERE resolved.is_latest AND resolved.row_outcome IN ('loaded', 'updated')
    ORDER BY resolved.line
    ON CONFLICT (source, content_id) DO UPDATE
        SET
            title = excluded.title,
            content_type = excluded.content_type,
            release_year = excluded.release_year,
            released_on = excluded.released_on,
            added_on = excluded.added_on,
            maturity_rating = excluded.maturity_rating,
            rating_average = excluded.rating_average,
            view_count = excluded.view_count,
            production_budget = excluded.production_budget,
            language = excluded.language,
            is_original = excluded.is_original,
            director = excluded.director,
            main_actor = excluded.main_actor,
            actors = excluded.actors,
            available_countries = excluded.available_countries,
            description = excluded.description,
            quality_flags = excluded.quality_flags,
            row_hash = excluded.row_hash,
            load_id = excluded.load_id,
            ended_at = NULL
    RETURNING content.content_key, content.content_id, content.content_type
)

INSERT INTO merged
SELECT
    stored.content_key,
    stored.content_type,
    resolved.genres,
    resolved.duration_minutes,
    resolved.season_count,
    resolved.episodes_per_season,
    resolved.average_episode_minutes
FROM stored
INNER JOIN resolved ON stored.content_id = resolved.content_id AND resolved.is_latest
WHERE resolved.row_outcome IN ('loaded', 'updated');

ANALYZE merged;

DELETE FROM oltp.movie_details USING merged WHERE movie_details.content_key = merged.content_key;
DELETE FROM oltp.series_details USING merged WHERE series_details.content_key = merged.content_key;
DELETE FROM oltp.content_genres USING merged WHERE content_genres.content_key = merged.content_key;

INSERT INTO oltp.movie_details (content_key, duration_minutes)
SELECT
    merged.content_key,
    merged.duration_minutes
FROM merged
WHERE merged.content_type <> 'series' AND merged.season_count IS NULL;

INSERT INTO oltp.series_details (
    content_key,
    season_count,
    episodes_per_season,
    average_episode_minutes
)
SELECT
    merged.content_key,
    merged.season_count,
    CASE
        WHEN merged.episodes_per_season IS NOT NULL
            THEN array(
                SELECT cast(season.episodes AS smallint)
                FROM
                    jsonb_array_elements_text(merged.episodes_per_season)
                    WITH ORDINALITY AS season (episodes, number)
                ORDER BY season.number
            )
    END AS episodes_per_season,
    merged.average_episode_minutes
FROM merged
WHERE merged.content_type = 'series' OR merged.season_count IS NOT NULL;

CREATE TEMPORARY TABLE merged_genre ON COMMIT DROP AS
SELECT
    merged.content_key,
    genre.name AS genre,
    min(genre.number) AS position
FROM merged
CROSS JOIN LATERAL jsonb_array_elements_text(merged.genres) WITH ORDINALITY AS genre (name, number)
GROUP BY merged.content_key, genre.name;

INSERT INTO oltp.genres (genre)
SELECT merged_genre.genre
FROM merged_genre
LEFT JOIN oltp.genres ON merged_genre.genre = genres.genre
WHERE genres.genre_key IS NULL
GROUP BY merged_genre.genre
ORDER BY merged_genre.genre
ON CONFLICT (genre) DO NOTHING;

INSERT INTO oltp.content_genres (content_key, genre_key, position)
SELECT
    merged_genre.content_key,
    genres.genre_key,
    merged_genre.position
FROM merged_genre
INNER JOIN oltp.genres ON merged_genre.genre = genres.genre;
