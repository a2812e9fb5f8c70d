-- rating_trend: ratings given in a month to titles of a release year. rating_bayes draws their mean towards that of all
-- titles, by as many ratings as the 25th percentile of rated titles has, both as of the month's end: never sum or average
-- it. date_key is the key of the month's first day; release_year is null where it is unknown.
-- grain: one row per release year and month with ratings
SELECT
    cast(nullif(agg_rating_trend.release_year, 0) AS decimal(4, 0)) AS release_year,
    dim_month.month_start,
    cast(agg_rating_trend.ratings AS decimal(18, 0)) AS ratings,
    cast(agg_rating_trend.stars AS decimal(18, 0)) AS rating_stars,
    cast(1.00000000 * agg_rating_trend.stars / agg_rating_trend.ratings AS decimal(4, 2)) AS rating_avg,
    cast(
        (
            1.00000000 * agg_rating_trend.typical_ratings * agg_rating_trend.all_stars / agg_rating_trend.all_ratings
            + agg_rating_trend.stars
        ) / (agg_rating_trend.typical_ratings + agg_rating_trend.ratings) AS decimal(4, 2)
    ) AS rating_bayes,
    agg_rating_trend.month_key AS date_key
FROM agg_rating_trend
INNER JOIN dim_month ON agg_rating_trend.month_key = dim_month.month_key
