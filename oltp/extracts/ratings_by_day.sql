-- ratings_by_day: ratings on the UTC day they were given, for stg_rating.
-- grain:  one row per UTC day and title
-- params: svp.from_day, svp.to_day (settings of the transaction)
SELECT
    (ratings.rated_at AT TIME ZONE 'UTC')::date AS day,
    content.source AS title_source,
    content.content_id,
    count(*) AS ratings,
    sum(ratings.stars) AS stars
FROM oltp.ratings
INNER JOIN ops.load ON ratings.load_id = load.load_id
INNER JOIN oltp.content ON ratings.content_key = content.content_key
WHERE
    load.state = 'complete'
    AND ratings.rated_at >= current_setting('svp.from_day')::date::timestamp AT TIME ZONE 'UTC'
    AND ratings.rated_at < (current_setting('svp.to_day')::date + 1)::timestamp AT TIME ZONE 'UTC'
GROUP BY (ratings.rated_at AT TIME ZONE 'UTC')::date, content.source, content.content_id
