-- resolve.sql: judge every staged row: new, the same, a correction, or refused.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY TABLE resolved ON COMMIT DROP AS
WITH hashed AS (
    SELECT
        stage.line,
        stage.rating_id,
        stage.user_id,
        stage.content_id,
        stage.stars,
        stage.review,
        stage.helpful_count,
        stage.rated_at,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags,
        cast(md5(cast(row(
            stage.rating_id,
            stage.user_id,
            stage.content_id,
            stage.stars,
            stage.review,
            stage.helpful_count,
            stage.rated_at
        ) AS text)) AS uuid) AS row_hash
    FROM stage
),

linked AS (
    SELECT
        hashed.line,
        hashed.rating_id,
        hashed.stars,
        hashed.review,
        hashed.helpful_count,
        hashed.rated_at,
        users.user_key,
        content.content_key,
        hashed.quality_flags,
        hashed.row_hash,
        CASE
            WHEN users.user_key IS NULL THEN 'user_id'
            WHEN content.content_key IS NULL THEN 'content_id'
        END AS refused_column,
        CASE
            WHEN users.user_key IS NULL THEN hashed.user_id
            WHEN content.content_key IS NULL THEN hashed.content_id
        END AS refused_value
    FROM hashed
    LEFT JOIN oltp.users
        ON hashed.user_id = users.user_id AND users.source = current_setting('svp.source')
    LEFT JOIN oltp.content
        ON hashed.content_id = content.content_id AND content.source = current_setting('svp.source')
),

first_of_pair AS (
    SELECT
        linked.line,
        coalesce(
            stored.rating_id,
            first_value(linked.rating_id) OVER (
                PARTITION BY linked.user_key, linked.content_key, linked.refused_column IS NULL
                ORDER BY linked.line
            )
        ) AS rating_id
    FROM linked
    LEFT JOIN oltp.ratings AS stored
        ON
            linked.user_key = stored.user_key
            AND linked.content_key = stored.content_key
            AND linked.refused_column IS NULL
),

judged AS (
    SELECT
        linked.line,
        linked.rating_id,
        linked.stars,
        linked.review,
        linked.helpful_count,
        linked.rated_at,
        linked.user_key,
        linked.content_key,
        linked.quality_flags,
        linked.row_hash,
        CASE
            WHEN linked.refused_column IS NOT NULL THEN 'unknown_parent'
            WHEN linked.rating_id <> first_of_pair.rating_id THEN 'repeated_pair'
        END AS refused_code,
        CASE
            WHEN linked.refused_column IS NOT NULL THEN linked.refused_column
            WHEN linked.rating_id <> first_of_pair.rating_id THEN 'rating_id'
        END AS refused_column,
        CASE
            WHEN linked.refused_column IS NOT NULL THEN linked.refused_value
            WHEN linked.rating_id <> first_of_pair.rating_id THEN linked.rating_id
        END AS refused_value
    FROM linked
    INNER JOIN first_of_pair ON linked.line = first_of_pair.line
),

ranked AS (
    SELECT
        judged.line,
        judged.rating_id,
        judged.stars,
        judged.review,
        judged.helpful_count,
        judged.rated_at,
        judged.user_key,
        judged.content_key,
        judged.quality_flags,
        judged.row_hash,
        judged.refused_code,
        judged.refused_column,
        judged.refused_value,
        row_number() OVER latest_first = 1 AS is_latest,
        first_value(judged.row_hash) OVER latest_first AS latest_hash
    FROM judged
    WINDOW
        latest_first AS (
            PARTITION BY judged.rating_id, judged.refused_column IS NULL ORDER BY judged.line DESC
        )
)

SELECT
    ranked.line,
    ranked.rating_id,
    ranked.stars,
    ranked.review,
    ranked.helpful_count,
    ranked.rated_at,
    ranked.user_key,
    ranked.content_key,
    ranked.quality_flags,
    ranked.row_hash,
    ranked.refused_code,
    ranked.refused_column,
    ranked.refused_value,
    ranked.is_latest,
    CASE
        WHEN ranked.refused_code IS NOT NULL THEN 'rejected'
        WHEN NOT ranked.is_latest AND ranked.row_hash = ranked.latest_hash THEN 'unchanged'
        WHEN NOT ranked.is_latest THEN 'updated'
        WHEN existing.row_hash IS NULL THEN 'loaded'
        WHEN existing.row_hash = ranked.row_hash THEN 'unchanged'
        ELSE 'updated'
    END AS outcome
FROM ranked
LEFT JOIN oltp.ratings AS existing
    ON ranked.rating_id = existing.rating_id AND existing.source = current_setting('svp.source');
