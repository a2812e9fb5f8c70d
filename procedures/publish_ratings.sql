-- publish_ratings: fact_rating of a range of days from stg_rating, with the titles that it names: they get their key
-- only. Runs in the caller's transaction.
CREATE PROCEDURE publish_ratings (IN in_from_key int, IN in_to_key int)
COMMENT 'Replace the days from in_from_key to in_to_key of fact_rating by the staged rows.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    INSERT INTO dim_title (source, content_id, title, content_type, category_key)
    SELECT DISTINCT
        stg_rating.title_source,
        stg_rating.content_id,
        stg_rating.content_id AS title,
        'Unknown',
        0
    FROM stg_rating
    LEFT JOIN dim_title
        ON
            stg_rating.title_source = dim_title.source
            AND stg_rating.content_id = dim_title.content_id
    WHERE dim_title.title_key IS NULL;

    DELETE FROM fact_rating WHERE fact_rating.date_key BETWEEN in_from_key AND in_to_key;
    INSERT INTO fact_rating (date_key, title_key, ratings, stars)
    SELECT
        dim_date.date_key,
        dim_title.title_key,
        sum(stg_rating.ratings),
        sum(stg_rating.stars)
    FROM stg_rating
    INNER JOIN dim_date ON stg_rating.day = dim_date.date_value
    INNER JOIN dim_title
        ON
            stg_rating.title_source = dim_title.source
            AND stg_rating.content_id = dim_title.content_id
    WHERE dim_date.date_key BETWEEN in_from_key AND in_to_key
    GROUP BY dim_date.date_key, dim_title.title_key;
END
