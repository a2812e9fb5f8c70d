-- resolve.sql: judge every staged row: new, the same, a correction, or refused.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY TABLE resolved ON COMMIT DROP AS
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
        stage.available_countries,
        stage.description,
        stage.duration_minutes,
        stage.season_count,
        stage.episodes_per_season,
        stage.average_episode_minutes,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags,
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
        ) AS text)) AS uuid) AS row_hash
    FROM stage
),

ranked AS (
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
        hashed.available_countries,
        hashed.description,
        hashed.duration_minutes,
        hashed.season_count,
        hashed.episodes_per_season,
        hashed.average_episode_minutes,
        hashed.quality_flags,
        hashed.row_hash,
        row_number() OVER latest_first = 1 AS is_latest,
        first_value(hashed.row_hash) OVER latest_first AS latest_hash
    FROM hashed
    WINDOW
        latest_first AS (
            PARTITION BY hashed.content_id ORDER BY hashed.line DESC
        )
)

SELECT
    ranked.line,
    ranked.content_id,
    ranked.title,
    ranked.content_type,
    ranked.genres,
    ranked.release_year,
    ranked.released_on,
    ranked.added_on,
    ranked.maturity_rating,
    ranked.rating_average,
    ranked.view_count,
    ranked.production_budget,
    ranked.language,
    ranked.is_original,
    ranked.director,
    ranked.main_actor,
    ranked.available_countries,
    ranked.description,
    ranked.duration_minutes,
    ranked.season_count,
    ranked.episodes_per_season,
    ranked.average_episode_minutes,
    ranked.quality_flags,
    ranked.row_hash,
    cast(NULL AS text) AS refused_code,
    cast(NULL AS text) AS refused_column,
    cast(NULL AS text) AS refused_value,
    ranked.is_latest,
    CASE
        WHEN NOT ranked.is_latest AND ranked.row_hash = ranked.latest_hash THEN 'unchanged'
        WHEN NOT ranked.is_latest THEN 'updated'
        WHEN existing.row_hash IS NULL THEN 'loaded'
        WHEN existing.row_hash = ranked.row_hash THEN 'unchanged'
        ELSE 'updated'
    END AS outcome
FROM ranked
LEFT JOIN oltp.content AS existing
    ON ranked.content_id = existing.content_id AND existing.source = current_setting('svp.source');
