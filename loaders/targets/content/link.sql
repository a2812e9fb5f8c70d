-- link.sql: every staged row with the keys of its parents, what is against it, and the hash of what is stored
-- under its key; judge.sql makes an outcome of that.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY VIEW candidate AS
WITH hashed AS (
    SELECT
        stage.line,
        stage.content_id,
        stage.title,
        stage.content_type,
        stage.genres,
        stage.release_year,
        stage.released_on,
        stage.added_on,
        stage.maturity_rating,
        stage.rating_average,
        stage.view_count,
        stage.production_budget,
        stage.language,
        stage.is_original,
        stage.director,
        stage.main_actor,
        stage.actors,
        stage.available_countries,
        stage.description,
        stage.duration_minutes,
        stage.season_count,
        stage.episodes_per_season,
        stage.average_episode_minutes,
        cast(md5(cast(row(
            stage.content_id,
            stage.title,
            stage.content_type,
            stage.genres,
            stage.release_year,
            stage.released_on,
            stage.added_on,
            stage.maturity_rating,
            stage.rating_average,
            stage.view_count,
            stage.production_budget,
            stage.language,
            stage.is_original,
            stage.director,
            stage.main_actor,
            stage.available_countries,
            stage.description,
            stage.duration_minutes,
            stage.season_count,
            stage.episodes_per_season,
            stage.average_episode_minutes
        -- A title without a cast has the hash that it had before there was one.
        ) AS text) || coalesce(cast(nullif(stage.actors, '[]') AS text), '')) AS uuid) AS row_hash,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags
    FROM stage
)

SELECT
    hashed.line,
    hashed.content_id,
    hashed.title,
    hashed.content_type,
    hashed.genres,
    hashed.release_year,
    hashed.released_on,
    hashed.added_on,
    hashed.maturity_rating,
    hashed.rating_average,
    hashed.view_count,
    hashed.production_budget,
    hashed.language,
    hashed.is_original,
    hashed.director,
    hashed.main_actor,
    hashed.actors,
    hashed.available_countries,
    hashed.description,
    hashed.duration_minutes,
    hashed.season_count,
    hashed.episodes_per_season,
    hashed.average_episode_minutes,
    hashed.quality_flags,
    hashed.row_hash,
    cast(NULL AS text) AS refused_code,
    cast(NULL AS text) AS refused_column,
    cast(NULL AS text) AS refused_value,
    hashed.content_id AS natural_id,
    existing.row_hash AS stored_hash
FROM hashed
LEFT JOIN oltp.content AS existing
    ON hashed.content_id = existing.content_id AND existing.source = current_setting('svp.source');
