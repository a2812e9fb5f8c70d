-- totals_of_ratings: ratings of completed loads on the day they were given, for 'svp verify'.
-- grain:  one row per UTC day
-- params: none
SELECT
    (ratings.rated_at AT TIME ZONE 'UTC')::date AS day,
    count(*) AS ratings,
    sum(ratings.stars) AS stars
FROM oltp.ratings
INNER JOIN ops.load ON ratings.load_id = load.load_id
WHERE load.state = 'complete'
GROUP BY (ratings.rated_at AT TIME ZONE 'UTC')::date
