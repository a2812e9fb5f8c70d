-- publish_searches: fact_search of one day from staging. Runs in the caller's transaction.
CREATE PROCEDURE publish_searches (IN in_date_key int, IN in_day date)
COMMENT 'Replace the searches of one UTC day by the staged ones.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM fact_search WHERE fact_search.date_key = in_date_key;
    INSERT INTO fact_search (
        date_key, searches, known_result_searches, zero_result_searches, clicked_searches, played_searches,
        untimed_searches
    )
    SELECT
        in_date_key,
        stg_search.searches,
        stg_search.known_result_searches,
        stg_search.zero_result_searches,
        stg_search.clicked_searches,
        stg_search.played_searches,
        stg_search.untimed_searches
    FROM stg_search
    WHERE stg_search.day = in_day;
END
