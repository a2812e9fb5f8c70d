-- link.sql: every staged row with the keys of its parents, what is against it, and the hash of what is stored
-- under its key; judge.sql makes an outcome of that.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY VIEW candidate AS
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
        cast(md5(cast(row(
            stage.rating_id,
            stage.user_id,
            stage.content_id,
            stage.stars,
            stage.review,
            stage.helpful_count,
            stage.rated_at
        ) AS text)) AS uuid) AS row_hash,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags
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
        linked.row_hash,
        linked.quality_flags
        || CASE
            WHEN
                NOT EXISTS (
                    SELECT 1
                    FROM oltp.viewing_sessions
                    WHERE
                        viewing_sessions.user_key = linked.user_key
                        AND viewing_sessions.content_key = linked.content_key
                )
                THEN ARRAY['rated_unseen']
        END AS quality_flags,
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
)

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
    judged.rating_id AS natural_id,
    existing.row_hash AS stored_hash
FROM judged
LEFT JOIN oltp.ratings AS existing
    ON judged.rating_id = existing.rating_id AND existing.source = current_setting('svp.source');
