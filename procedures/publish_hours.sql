-- publish_hours: fact_hour of one day from staging. Runs in the caller's transaction, after publish_members.
CREATE PROCEDURE publish_hours (IN in_date_key int, IN in_day date)
COMMENT 'Replace the plays by local hour of one UTC day by the staged ones.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM fact_hour WHERE fact_hour.date_key = in_date_key;
    INSERT INTO fact_hour (date_key, country_key, local_hour, title_key, plays, watch_seconds)
    SELECT
        in_date_key,
        dim_country.country_key,
        stg_hour.local_hour,
        dim_title.title_key,
        stg_hour.plays,
        stg_hour.watch_seconds
    FROM stg_hour
    INNER JOIN dim_country ON stg_hour.country = dim_country.country
    INNER JOIN dim_title
        ON
            stg_hour.title_source = dim_title.source
            AND stg_hour.content_id = dim_title.content_id
    WHERE stg_hour.day = in_day;
END
