-- classify_titles: give each title the category of the first rule that matches, and mark what that makes stale.
-- Runs in the caller's transaction.
CREATE PROCEDURE classify_titles ()
COMMENT 'Give titles their category by category_rule; mark the slices that change.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM stg_title_category;

    INSERT INTO stg_title_category (title_key, category_key)
    SELECT
        ruled.title_key,
        ruled.category_key
    FROM (
        SELECT
            dim_title.title_key,
            dim_title.category_key AS former_category_key,
            coalesce((
                SELECT category_rule.category_key
                FROM category_rule
                WHERE
                    (category_rule.content_type IS NULL OR category_rule.content_type = dim_title.content_type)
                    AND (
                        category_rule.maturity_rating IS NULL
                        OR category_rule.maturity_rating = lower(dim_title.maturity_rating)
                    )
                    AND (
                        category_rule.genre IS NULL
                        OR EXISTS (
                            SELECT 1
                            FROM bridge_title_genre
                            INNER JOIN dim_genre ON bridge_title_genre.genre_key = dim_genre.genre_key
                            WHERE
                                bridge_title_genre.title_key = dim_title.title_key
                                AND lower(dim_genre.genre) = category_rule.genre
                        )
                    )
                ORDER BY category_rule.rule_order
                LIMIT 1
            ), 0) AS category_key
        FROM dim_title
    ) AS ruled
    WHERE ruled.category_key <> ruled.former_category_key;

    INSERT INTO changed_day (aggregate_name, date_key, changed_at)
    SELECT DISTINCT
        aggregate_slice.aggregate_name,
        aggregate_slice.slice_key,
        utc_timestamp(6)
    FROM (
        SELECT agg_content_performance.date_key
        FROM stg_title_category
        INNER JOIN agg_content_performance ON stg_title_category.title_key = agg_content_performance.title_key
        WHERE agg_content_performance.plays > 0 OR agg_content_performance.watch_seconds > 0
        -- Of days that wait for their aggregates only the fact knows: each is read once.
        UNION DISTINCT
        SELECT STRAIGHT_JOIN fact_watch.date_key
        FROM changed_day AS waiting
        INNER JOIN fact_watch ON waiting.date_key = fact_watch.date_key
        INNER JOIN (
            SELECT DISTINCT stg_title_category.title_key
            FROM stg_title_category
        ) AS moved ON fact_watch.title_key = moved.title_key
        WHERE waiting.aggregate_name = 'content_performance'
    ) AS played
    INNER JOIN aggregate_slice ON played.date_key = aggregate_slice.date_key
    WHERE aggregate_slice.changed_by_category = 'Yes'
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);

    UPDATE dim_title, stg_title_category, dim_category
    SET
        dim_title.category_key = dim_category.category_key,
        dim_title.category = dim_category.category
    WHERE
        dim_title.title_key = stg_title_category.title_key
        AND dim_category.category_key = stg_title_category.category_key;

    UPDATE agg_content_performance, stg_title_category
    SET agg_content_performance.category_key = stg_title_category.category_key
    WHERE agg_content_performance.title_key = stg_title_category.title_key;
END
