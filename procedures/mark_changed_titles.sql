-- mark_changed_titles: marks on what depends on titles whose content type, release year or genres are about to change.
-- Runs in the caller's transaction, before the new ones are written.
CREATE PROCEDURE mark_changed_titles ()
COMMENT 'Mark the slices that the staged titles make stale.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    INSERT INTO changed_day (aggregate_name, date_key, changed_at)
    WITH staged AS (
        SELECT
            dim_title.title_key,
            stg_title.source,
            stg_title.content_id,
            dim_title.content_type <=> stg_title.content_type
            AND dim_title.release_year <=> stg_title.release_year AS is_same
        FROM stg_title
        INNER JOIN dim_title
            ON
                stg_title.source = dim_title.source
                AND stg_title.content_id = dim_title.content_id
    ),

    -- Genres that are there and genres that come: one that stays is in both.
    named AS (
        SELECT
            staged.title_key,
            dim_genre.genre
        FROM staged
        INNER JOIN bridge_title_genre ON staged.title_key = bridge_title_genre.title_key
        INNER JOIN dim_genre ON bridge_title_genre.genre_key = dim_genre.genre_key
        UNION ALL
        SELECT DISTINCT
            staged.title_key,
            stg_title_genre.genre
        FROM staged
        INNER JOIN stg_title_genre
            ON
                staged.source = stg_title_genre.source
                AND staged.content_id = stg_title_genre.content_id
    ),

    changed AS (
        SELECT staged.title_key
        FROM staged
        WHERE NOT staged.is_same
        UNION DISTINCT
        SELECT named.title_key
        FROM named
        GROUP BY named.title_key, named.genre
        HAVING count(*) = 1
    ),

    -- Played or rated; of days that wait for their aggregates only the facts know: each is read once.
    touched AS (
        SELECT agg_content_performance.date_key
        FROM changed
        INNER JOIN agg_content_performance ON changed.title_key = agg_content_performance.title_key
        UNION DISTINCT
        SELECT STRAIGHT_JOIN fact_watch.date_key
        FROM changed_day AS waiting
        INNER JOIN fact_watch ON waiting.date_key = fact_watch.date_key
        INNER JOIN changed ON fact_watch.title_key = changed.title_key
        WHERE waiting.aggregate_name = 'content_performance'
        UNION DISTINCT
        SELECT fact_rating.date_key
        FROM changed
        INNER JOIN fact_rating ON changed.title_key = fact_rating.title_key
    )

    SELECT DISTINCT
        aggregate_slice.aggregate_name,
        aggregate_slice.slice_key,
        utc_timestamp(6)
    FROM touched
    INNER JOIN aggregate_slice ON touched.date_key = aggregate_slice.date_key
    INNER JOIN aggregate_cause ON aggregate_slice.aggregate_name = aggregate_cause.aggregate_name
    WHERE aggregate_cause.cause = 'title'
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);
END
