-- publish_searches: fact_search of a range of days from stg_search.
-- Runs in the caller's transaction.
CREATE PROCEDURE publish_searches (IN in_from_key int, IN in_to_key int)
COMMENT 'Replace the days from in_from_key to in_to_key of fact_search by the staged rows.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM fact_search WHERE fact_search.date_key BETWEEN in_from_key AND in_to_key;
    INSERT INTO fact_search (
        date_key, searches, known_result_searches, zero_result_searches, clicked_searches, played_searches,
        untimed_searches
    )
    SELECT
        dim_date.date_key,
        stg_search.searches,
        stg_search.known_result_searches,
        stg_search.zero_result_searches,
        stg_search.clicked_searches,
        stg_search.played_searches,
        stg_search.untimed_searches
    FROM stg_search
    INNER JOIN dim_date ON stg_search.day = dim_date.date_value
    WHERE dim_date.date_key BETWEEN in_from_key AND in_to_key;
END
