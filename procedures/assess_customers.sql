-- assess_customers: agg_churn_signals as of one day, the one of its month. Only 56 days of facts are read: who did not
-- play this month played last when the end of the former month says, or the days that were purged before it. A day
-- with playing time on a set-top box is one with a play, and one of 30 seconds a valid one. Rows are written over, and
-- those of the month that no longer are go. Runs in the caller's transaction, month after month.
CREATE PROCEDURE assess_customers (IN in_month date, IN in_as_of date, IN in_refresh_id int)
COMMENT 'Write the churn signals of every customer as of a day, and no others in its month.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_month_key int DEFAULT cast(date_format(in_month, '%Y%m%d') AS signed);
    DECLARE v_as_of_key int DEFAULT cast(date_format(in_as_of, '%Y%m%d') AS signed);
    DECLARE v_former_key int DEFAULT cast(date_format(date_sub(in_month, INTERVAL 1 DAY), '%Y%m%d') AS signed);
    DECLARE v_last_28_key int DEFAULT cast(date_format(date_sub(in_as_of, INTERVAL 27 DAY), '%Y%m%d') AS signed);
    DECLARE v_prev_28_key int DEFAULT cast(date_format(date_sub(in_as_of, INTERVAL 55 DAY), '%Y%m%d') AS signed);

    INSERT INTO agg_churn_signals (
        date_key, customer_key, last_play_date_key, last_valid_play_date_key, days_since_last_play,
        watch_seconds_last_28, watch_seconds_prev_28, active_days_last_28, rfm_r, rfm_f, rfm_m, rfm_segment, risk_band,
        customer_code, country_key, refreshed_at, refresh_id
    )
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
                dim_customer.registered_on <= in_as_of
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
            datediff(in_as_of, play_day.date_value) AS silent_days,
            known.seconds_last_28,
            known.seconds_prev_28,
            known.active_days,
            known.was_active,
            ceil(5 * cume_dist() OVER (PARTITION BY known.last_valid_play IS NULL ORDER BY known.last_valid_play)) AS r,
            ceil(5 * cume_dist() OVER (PARTITION BY known.last_valid_play IS NULL ORDER BY known.active_days)) AS f,
            ceil(5 * cume_dist() OVER (PARTITION BY known.last_valid_play IS NULL ORDER BY known.seconds_last_28)) AS m
        FROM known
        LEFT JOIN dim_date AS play_day ON known.last_play = play_day.date_key
    )

    SELECT
        v_as_of_key,
        ranked.customer_key,
        ranked.last_play,
        ranked.last_valid_play,
        ranked.silent_days,
        ranked.seconds_last_28,
        ranked.seconds_prev_28,
        ranked.active_days,
        if(ranked.last_valid_play IS NULL, NULL, ranked.r),
        if(ranked.last_valid_play IS NULL, NULL, ranked.f),
        if(ranked.last_valid_play IS NULL, NULL, ranked.m),
        CASE
            WHEN ranked.last_valid_play IS NULL THEN NULL
            WHEN ranked.r = 5 AND ranked.f = 5 THEN 'champions'
            WHEN ranked.f >= 4 AND ranked.r >= 3 THEN 'loyal'
            WHEN ranked.r >= 4 AND ranked.f <= 2 THEN 'new'
            WHEN ranked.r <= 2 AND ranked.f >= 3 THEN 'at risk'
            WHEN ranked.r <= 2 AND ranked.f <= 2 THEN 'hibernating'
            ELSE 'regular'
        END,
        CASE
            WHEN NOT ranked.was_active THEN 'no_activity'
            WHEN ranked.silent_days > 28 THEN 'lapsed'
            WHEN ranked.seconds_prev_28 > 0 AND 2 * ranked.seconds_last_28 <= ranked.seconds_prev_28 THEN 'declining'
            WHEN ranked.seconds_prev_28 > 0 AND 5 * ranked.seconds_last_28 <= 4 * ranked.seconds_prev_28 THEN 'watch'
            WHEN ranked.silent_days >= 15 THEN 'watch'
            ELSE 'steady'
        END,
        ranked.customer_code,
        ranked.country_key,
        utc_timestamp(),
        in_refresh_id
    FROM ranked
    -- VALUES () is what both MySQL and MariaDB know.
    ON DUPLICATE KEY UPDATE
        last_play_date_key = VALUES (last_play_date_key),
        last_valid_play_date_key = VALUES (last_valid_play_date_key),
        days_since_last_play = VALUES (days_since_last_play),
        watch_seconds_last_28 = VALUES (watch_seconds_last_28),
        watch_seconds_prev_28 = VALUES (watch_seconds_prev_28),
        active_days_last_28 = VALUES (active_days_last_28),
        rfm_r = VALUES (rfm_r),
        rfm_f = VALUES (rfm_f),
        rfm_m = VALUES (rfm_m),
        rfm_segment = VALUES (rfm_segment),
        risk_band = VALUES (risk_band),
        customer_code = VALUES (customer_code),
        country_key = VALUES (country_key),
        refreshed_at = VALUES (refreshed_at),
        refresh_id = VALUES (refresh_id);

    DELETE FROM agg_churn_signals
    WHERE
        agg_churn_signals.date_key BETWEEN v_month_key AND v_month_key + 30
        AND agg_churn_signals.refresh_id <> in_refresh_id;
END
