-- signals_of_customers: the churn signals of every customer as of one day. Only 56 days of facts are read: who did not play
-- this month played last when the end of the former month says, or the days that were purged before it. A day with
-- playing time on a set-top box is one with a play, and one of 30 seconds a valid one.
-- grain:  one row per customer
-- params: v_as_of (the day), v_month_key (its month's first day), v_as_of_key, v_former_key (the last of the month
--         before), v_last_28_key and v_prev_28_key (the first of the 28 days that end with the day, and of those before)
WITH watched AS (
    SELECT
        fact_category_seconds.customer_key,
        sum(
            if(fact_category_seconds.date_key >= v_last_28_key, fact_category_seconds.watch_seconds, 0)
        ) AS seconds_last_28,
        sum(
            if(fact_category_seconds.date_key < v_last_28_key, fact_category_seconds.watch_seconds, 0)
        ) AS seconds_prev_28,
        -- A bit for each day: 28 that follow one another are different days of months.
        bit_count(
            bit_or(
                if(
                    fact_category_seconds.date_key >= v_last_28_key AND fact_category_seconds.watch_seconds > 0,
                    1 << fact_category_seconds.date_key % 100,
                    0
                )
            )
        ) AS active_days,
        -- On a set-top box, whose key is 2; a month is shorter than 56 days.
        max(
            if(
                fact_category_seconds.watch_source_key = 2 AND fact_category_seconds.watch_seconds > 0
                AND fact_category_seconds.date_key >= v_month_key,
                fact_category_seconds.date_key,
                0
            )
        ) AS last_box_play,
        max(
            if(
                fact_category_seconds.watch_source_key = 2 AND fact_category_seconds.watch_seconds >= 30
                AND fact_category_seconds.date_key >= v_month_key,
                fact_category_seconds.date_key,
                0
            )
        ) AS last_long_box_play
    FROM fact_category_seconds
    WHERE
        fact_category_seconds.date_key BETWEEN v_prev_28_key AND v_as_of_key
        AND fact_category_seconds.customer_key <> 0
    GROUP BY fact_category_seconds.customer_key
),

-- Days of set-top boxes whose 30 seconds are those of several categories, each below: few.
pieced AS (
    SELECT
        pieced_day.customer_key,
        max(pieced_day.date_key) AS last_box_play
    FROM (
        SELECT
            fact_category_seconds.date_key,
            fact_category_seconds.customer_key
        FROM fact_category_seconds
        WHERE
            fact_category_seconds.date_key BETWEEN v_month_key AND v_as_of_key
            AND fact_category_seconds.customer_key <> 0
            AND fact_category_seconds.watch_source_key = 2
            AND fact_category_seconds.watch_seconds < 30
        GROUP BY fact_category_seconds.date_key, fact_category_seconds.customer_key
        HAVING sum(fact_category_seconds.watch_seconds) >= 30
    ) AS pieced_day
    GROUP BY pieced_day.customer_key
),

played AS (
    SELECT
        fact_watch.customer_key,
        max(if(fact_watch.plays > 0, fact_watch.date_key, 0)) AS last_play,
        max(if(fact_watch.valid_plays > 0, fact_watch.date_key, 0)) AS last_valid_play
    FROM fact_watch
    WHERE fact_watch.date_key BETWEEN v_month_key AND v_as_of_key
    GROUP BY fact_watch.customer_key
),

known AS (
    SELECT
        dim_customer.customer_key,
        dim_customer.customer_code,
        dim_customer.country_key,
        coalesce(
            nullif(greatest(coalesce(played.last_play, 0), coalesce(watched.last_box_play, 0)), 0),
            former.last_play_date_key,
            purged_customer.last_play_date_key
        ) AS last_play,
        coalesce(
            nullif(
                greatest(
                    coalesce(played.last_valid_play, 0),
                    coalesce(watched.last_long_box_play, 0),
                    coalesce(pieced.last_box_play, 0)
                ),
                0
            ),
            former.last_valid_play_date_key,
            purged_customer.last_valid_play_date_key
        ) AS last_valid_play,
        coalesce(watched.seconds_last_28, 0) AS seconds_last_28,
        coalesce(watched.seconds_prev_28, 0) AS seconds_prev_28,
        coalesce(watched.active_days, 0) AS active_days,
        coalesce(customer_first_day.first_date_key <= v_as_of_key, FALSE) AS was_active
    FROM dim_customer
    LEFT JOIN watched ON dim_customer.customer_key = watched.customer_key
    LEFT JOIN pieced ON dim_customer.customer_key = pieced.customer_key
    LEFT JOIN played ON dim_customer.customer_key = played.customer_key
    LEFT JOIN agg_churn_signals AS former
        ON dim_customer.customer_key = former.customer_key AND former.date_key = v_former_key
    LEFT JOIN purged_customer ON dim_customer.customer_key = purged_customer.customer_key
    LEFT JOIN customer_first_day ON dim_customer.customer_key = customer_first_day.customer_key
    WHERE
        dim_customer.customer_key <> 0
        AND (
            dim_customer.registered_on <= v_as_of
            OR coalesce(watched.customer_key, former.customer_key, purged_customer.customer_key) IS NOT NULL
        )
),

-- Those who never played have nothing to be ranked by: a partition of their own, left out below.
ranked AS (
    SELECT
        known.customer_key,
        known.customer_code,
        known.country_key,
        known.last_play,
        known.last_valid_play,
        known.seconds_last_28,
        known.seconds_prev_28,
        known.active_days,
        known.was_active,
        datediff(v_as_of, play_day.date_value) AS silent_days,
        ceil(5 * cume_dist() OVER (PARTITION BY known.last_valid_play IS NULL ORDER BY known.last_valid_play)) AS r,
        ceil(5 * cume_dist() OVER (PARTITION BY known.last_valid_play IS NULL ORDER BY known.active_days)) AS f,
        ceil(5 * cume_dist() OVER (PARTITION BY known.last_valid_play IS NULL ORDER BY known.seconds_last_28)) AS m
    FROM known
    LEFT JOIN dim_date AS play_day ON known.last_play = play_day.date_key
)

SELECT
    ranked.customer_key,
    ranked.customer_code,
    ranked.country_key,
    ranked.last_play AS last_play_date_key,
    ranked.last_valid_play AS last_valid_play_date_key,
    ranked.silent_days AS days_since_last_play,
    ranked.seconds_last_28 AS watch_seconds_last_28,
    ranked.seconds_prev_28 AS watch_seconds_prev_28,
    ranked.active_days AS active_days_last_28,
    if(ranked.last_valid_play IS NULL, NULL, ranked.r) AS rfm_r,
    if(ranked.last_valid_play IS NULL, NULL, ranked.f) AS rfm_f,
    if(ranked.last_valid_play IS NULL, NULL, ranked.m) AS rfm_m,
    CASE
        WHEN ranked.last_valid_play IS NULL THEN NULL
        WHEN ranked.r = 5 AND ranked.f = 5 THEN 'champions'
        WHEN ranked.f >= 4 AND ranked.r >= 3 THEN 'loyal'
        WHEN ranked.r >= 4 AND ranked.f <= 2 THEN 'new'
        WHEN ranked.r <= 2 AND ranked.f >= 3 THEN 'at risk'
        WHEN ranked.r <= 2 AND ranked.f <= 2 THEN 'hibernating'
        ELSE 'regular'
    END AS rfm_segment,
    CASE
        WHEN NOT ranked.was_active THEN 'no_activity'
        WHEN ranked.silent_days > 28 THEN 'lapsed'
        WHEN ranked.seconds_prev_28 > 0 AND 2 * ranked.seconds_last_28 <= ranked.seconds_prev_28 THEN 'declining'
        WHEN ranked.seconds_prev_28 > 0 AND 5 * ranked.seconds_last_28 <= 4 * ranked.seconds_prev_28 THEN 'watch'
        WHEN ranked.silent_days >= 15 THEN 'watch'
        ELSE 'steady'
    END AS risk_band
FROM ranked
