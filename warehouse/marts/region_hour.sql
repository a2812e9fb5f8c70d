-- region_hour: plays by country and the hour that viewers' clocks showed when they started, UTC day by UTC day.
-- local_hour is null where it is unknown: a country without a zone, or sessions with a date and no time. Clocks are those
-- of the country's main zone. The top title has most playing time, then most plays, then the first id. The country is the
-- viewer's when the day was published.
-- grain: one row per UTC day, country and local hour that was played in
SELECT
    dim_country.country,
    cast(nullif(agg_region_hour.local_hour, -1) AS decimal(2, 0)) AS local_hour,
    dim_date.date_value AS stat_date,
    cast(agg_region_hour.plays AS decimal(18, 0)) AS plays,
    agg_region_hour.watch_hours,
    agg_region_hour.top_content_id,
    agg_region_hour.top_title,
    agg_region_hour.date_key,
    agg_region_hour.country_key
FROM agg_region_hour
INNER JOIN dim_date ON agg_region_hour.date_key = dim_date.date_key
INNER JOIN dim_country ON agg_region_hour.country_key = dim_country.country_key
