-- refresh_rating_trend: agg_rating_trend of every month that the range touches, from the facts. With each month goes what
-- all titles rated by its end say: the overall mean, and the 25th percentile, nearest-rank, of their counts of ratings.
CREATE PROCEDURE refresh_rating_trend (IN in_from date, IN in_to date)
COMMENT 'Rebuild the months from in_from to in_to of agg_rating_trend; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_from_key int DEFAULT year(in_from) * 10000 + month(in_from) * 100 + 1;
    DECLARE v_to_key int DEFAULT year(in_to) * 10000 + month(in_to) * 100 + 31;
    DECLARE v_refresh_id int;
    DECLARE v_row_count bigint;
    DECLARE v_sql_state char(5);
    DECLARE v_message text;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_sql_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT;
        ROLLBACK;
        CALL fail_refresh(v_refresh_id, v_sql_state, v_message);
        RESIGNAL;
    END;

    CALL begin_refresh('refresh_rating_trend', in_from, in_to, v_refresh_id);
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    DELETE FROM changed_day
    WHERE changed_day.aggregate_name = 'rating_trend' AND changed_day.date_key BETWEEN v_from_key AND v_to_key;
    DELETE FROM agg_rating_trend WHERE agg_rating_trend.month_key BETWEEN v_from_key AND v_to_key;

    INSERT INTO agg_rating_trend (
        month_key, release_year, ratings, stars, all_ratings, all_stars, typical_ratings, refreshed_at
    )
    WITH rated AS (
        SELECT
            fact_rating.title_key,
            greatest(dim_date.month_key, v_from_key) AS month_key,
            sum(fact_rating.ratings) AS ratings,
            sum(fact_rating.stars) AS stars
        FROM fact_rating
        INNER JOIN dim_date ON fact_rating.date_key = dim_date.date_key
        WHERE fact_rating.date_key <= v_to_key
        GROUP BY fact_rating.title_key, greatest(dim_date.month_key, v_from_key)
    ),

    accumulated AS (
        SELECT
            dim_date.date_key AS month_key,
            rated.title_key,
            sum(rated.ratings) AS ratings,
            sum(rated.stars) AS stars
        FROM dim_date
        INNER JOIN rated ON dim_date.date_key >= rated.month_key
        WHERE dim_date.date_key BETWEEN v_from_key AND v_to_key AND dim_date.date_key = dim_date.month_key
        GROUP BY dim_date.date_key, rated.title_key
    ),

    ranked AS (
        SELECT
            accumulated.month_key,
            accumulated.ratings,
            accumulated.stars,
            row_number() OVER (PARTITION BY accumulated.month_key ORDER BY accumulated.ratings) AS position,
            count(*) OVER (PARTITION BY accumulated.month_key) AS titles
        FROM accumulated
    ),

    overall AS (
        SELECT
            ranked.month_key,
            sum(ranked.ratings) AS all_ratings,
            sum(ranked.stars) AS all_stars,
            max(if(ranked.position = (ranked.titles + 3) DIV 4, ranked.ratings, NULL)) AS typical_ratings
        FROM ranked
        GROUP BY ranked.month_key
    ),

    given AS (
        SELECT
            dim_date.month_key,
            coalesce(dim_title.release_year, 0) AS release_year,
            sum(fact_rating.ratings) AS ratings,
            sum(fact_rating.stars) AS stars
        FROM fact_rating
        INNER JOIN dim_date ON fact_rating.date_key = dim_date.date_key
        INNER JOIN dim_title ON fact_rating.title_key = dim_title.title_key
        WHERE fact_rating.date_key BETWEEN v_from_key AND v_to_key
        GROUP BY dim_date.month_key, coalesce(dim_title.release_year, 0)
    )

    SELECT
        given.month_key,
        given.release_year,
        given.ratings,
        given.stars,
        overall.all_ratings,
        overall.all_stars,
        overall.typical_ratings,
        utc_timestamp()
    FROM given
    INNER JOIN overall ON given.month_key = overall.month_key;
    SET v_row_count = row_count();

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
