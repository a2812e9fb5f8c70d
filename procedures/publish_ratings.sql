-- publish_ratings: fact_rating of one day from stg_rating.
-- Runs in the caller's transaction.
CREATE PROCEDURE publish_ratings (IN in_date_key int, IN in_day date)
COMMENT 'Replace one UTC day of fact_rating by the staged rows.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM fact_rating WHERE fact_rating.date_key = in_date_key;
    INSERT INTO fact_rating (date_key, title_key, ratings, stars)
    SELECT
        in_date_key,
        dim_title.title_key,
        sum(stg_rating.ratings),
        sum(stg_rating.stars)
    FROM stg_rating
    INNER JOIN dim_title
        ON
            stg_rating.title_source = dim_title.source
            AND stg_rating.content_id = dim_title.content_id
    WHERE stg_rating.day = in_day
    GROUP BY dim_title.title_key;
END
