-- link.sql: every staged row with the keys of its parents, what is against it, and the hash of what is stored
-- under its key; judge.sql makes an outcome of that.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY VIEW candidate AS
WITH hashed AS (
    SELECT
        stage.line,
        stage.search_id,
        stage.user_id,
        stage.query_text,
        stage.result_count,
        stage.clicked_content_id,
        stage.filters,
        stage.searched_at,
        cast(md5(cast(row(
            stage.search_id,
            stage.user_id,
            stage.query_text,
            stage.result_count,
            stage.clicked_content_id,
            stage.filters,
            stage.searched_at
        ) AS text)) AS uuid) AS row_hash,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags
    FROM stage
),

linked AS (
    SELECT
        hashed.line,
        hashed.search_id,
        hashed.query_text,
        hashed.result_count,
        hashed.filters,
        hashed.searched_at,
        users.user_key,
        clicked.content_key AS clicked_content_key,
        hashed.quality_flags,
        hashed.row_hash,
        CASE
            WHEN users.user_key IS NULL THEN 'user_id'
            WHEN clicked.content_key IS NULL AND hashed.clicked_content_id IS NOT NULL THEN 'clicked_content_id'
        END AS refused_column,
        CASE
            WHEN users.user_key IS NULL THEN hashed.user_id
            WHEN clicked.content_key IS NULL AND hashed.clicked_content_id IS NOT NULL THEN hashed.clicked_content_id
        END AS refused_value
    FROM hashed
    LEFT JOIN oltp.users
        ON hashed.user_id = users.user_id AND users.source = current_setting('svp.source')
    LEFT JOIN oltp.content AS clicked
        ON hashed.clicked_content_id = clicked.content_id AND clicked.source = current_setting('svp.source')
)

SELECT
    linked.line,
    linked.search_id,
    linked.query_text,
    linked.result_count,
    linked.filters,
    linked.searched_at,
    linked.user_key,
    linked.clicked_content_key,
    linked.quality_flags,
    linked.row_hash,
    linked.refused_column,
    linked.refused_value,
    linked.search_id AS natural_id,
    existing.row_hash AS stored_hash,
    CASE WHEN linked.refused_column IS NOT NULL THEN 'unknown_parent' END AS refused_code
FROM linked
LEFT JOIN oltp.search_queries AS existing
    ON linked.search_id = existing.search_id AND existing.source = current_setting('svp.source');
