-- link.sql: every staged row with the keys of its parents, what is against it, and the hash of what is stored
-- under its key; judge.sql makes an outcome of that.
-- grain: one row per row of stage
-- settings: svp.source
CREATE TEMPORARY VIEW candidate AS
WITH hashed AS (
    SELECT
        stage.line,
        stage.watchlist_id,
        stage.user_id,
        stage.content_id,
        stage.added_at,
        stage.watched_at,
        cast(md5(cast(row(
            stage.watchlist_id,
            stage.user_id,
            stage.content_id,
            stage.added_at,
            stage.watched_at
        ) AS text)) AS uuid) AS row_hash,
        coalesce(string_to_array(nullif(stage.quality_flags, ''), ','), '{}') AS quality_flags
    FROM stage
),

linked AS (
    SELECT
        hashed.line,
        hashed.watchlist_id,
        hashed.added_at,
        hashed.watched_at,
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
            CASE WHEN leaving.natural_id IS NULL THEN stored.watchlist_id END,
            first_value(linked.watchlist_id) OVER (
                PARTITION BY linked.user_key, linked.content_key, linked.refused_column IS NULL
                ORDER BY linked.line
            )
        ) AS watchlist_id
    FROM linked
    LEFT JOIN oltp.watchlist AS stored
        ON
            linked.user_key = stored.user_key
            AND linked.content_key = stored.content_key
            AND linked.refused_column IS NULL
            AND stored.ended_at IS NULL
    LEFT JOIN leaving ON stored.watchlist_id = leaving.natural_id
),

judged AS (
    SELECT
        linked.line,
        linked.watchlist_id,
        linked.added_at,
        linked.watched_at,
        linked.user_key,
        linked.content_key,
        linked.quality_flags,
        linked.row_hash,
        CASE
            WHEN linked.refused_column IS NOT NULL THEN 'unknown_parent'
            WHEN linked.watchlist_id <> first_of_pair.watchlist_id THEN 'repeated_pair'
        END AS refused_code,
        CASE
            WHEN linked.refused_column IS NOT NULL THEN linked.refused_column
            WHEN linked.watchlist_id <> first_of_pair.watchlist_id THEN 'watchlist_id'
        END AS refused_column,
        CASE
            WHEN linked.refused_column IS NOT NULL THEN linked.refused_value
            WHEN linked.watchlist_id <> first_of_pair.watchlist_id THEN linked.watchlist_id
        END AS refused_value
    FROM linked
    INNER JOIN first_of_pair ON linked.line = first_of_pair.line
)

SELECT
    judged.line,
    judged.watchlist_id,
    judged.added_at,
    judged.watched_at,
    judged.user_key,
    judged.content_key,
    judged.quality_flags,
    judged.row_hash,
    judged.refused_code,
    judged.refused_column,
    judged.refused_value,
    judged.watchlist_id AS natural_id,
    existing.row_hash AS stored_hash
FROM judged
LEFT JOIN oltp.watchlist AS existing
    ON judged.watchlist_id = existing.watchlist_id AND existing.source = current_setting('svp.source');
