-- marts.sql: dimensions, and the facts that follow from fact_watch, of a warehouse for measuring. Every customer is a
-- contract of set-top boxes whose user plays in the apps, so that each mart by customer has all of them.
-- params: @customers, @titles, @date_key (a day)
-- Statements end with a semicolon at the end of a line. The part before the line "-- day" is run first, that before
-- "-- facts" once fact_watch is there, for each day.
SET @numbers = 10000000 /*!80000 , SESSION cte_max_recursion_depth = 10000000 */ /*M! , SESSION max_recursive_iterations = 10000000 */;
INSERT INTO dim_country (country)
WITH RECURSIVE number (n) AS (SELECT 1 AS n UNION ALL SELECT n + 1 AS n FROM number WHERE n < 40)
SELECT concat('Country ', n) FROM number;
INSERT INTO dim_plan (plan) VALUES ('Basic'), ('Standard'), ('Premium');
INSERT INTO dim_genre (genre)
WITH RECURSIVE number (n) AS (SELECT 1 AS n UNION ALL SELECT n + 1 AS n FROM number WHERE n < 24)
SELECT concat('Genre ', n) FROM number;
INSERT INTO dim_quality (quality) VALUES ('SD'), ('HD'), ('Full HD'), ('4K') ON DUPLICATE KEY UPDATE quality_key = quality_key;
INSERT INTO dim_device (device_type) VALUES ('Type 1'), ('Type 2'), ('Type 3'), ('Type 4'), ('Type 5');
INSERT INTO dim_customer (source, customer_code, country_key, plan_key, registered_on)
WITH RECURSIVE number (n) AS (SELECT 1 AS n UNION ALL SELECT n + 1 AS n FROM number WHERE n < @customers)
SELECT 'set-top box', concat('U', lpad(n, 8, '0')), 1 + n % 40, 1 + n % 3, date_add('2023-07-01', INTERVAL n % 900 DAY) FROM number;
INSERT INTO dim_title (source, content_id, title, content_type, release_year, category_key)
WITH RECURSIVE number (n) AS (SELECT 1 AS n UNION ALL SELECT n + 1 AS n FROM number WHERE n < @titles)
SELECT
    'bench', concat('C', n), concat('Title ', n),
    elt(1 + n % 6, 'movie', 'series', 'documentary', 'kids', 'sport', 'live'), 1980 + n % 45, 1 + n % 5
FROM number;
UPDATE dim_customer, dim_country, dim_plan
SET dim_customer.country = dim_country.country, dim_customer.plan = dim_plan.plan
WHERE dim_customer.country_key = dim_country.country_key AND dim_customer.plan_key = dim_plan.plan_key;
UPDATE dim_title, dim_category
SET dim_title.category = dim_category.category
WHERE dim_title.category_key = dim_category.category_key;
INSERT INTO bridge_title_genre (title_key, genre_key)
SELECT title_key, 1 + title_key % 24 FROM dim_title WHERE title_key > 0
UNION
SELECT title_key, 1 + (title_key DIV 7) % 24 FROM dim_title WHERE title_key > 0;
INSERT INTO dim_subscription (source, user_id) SELECT source, customer_code FROM dim_customer WHERE customer_key > 0;
-- day
SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
START TRANSACTION;
CALL publish_category_seconds(@date_key, @date_key);
INSERT INTO fact_hour (date_key, country_key, local_hour, title_key, plays, watch_seconds)
SELECT date_key, country_key, (customer_key * 7 + title_key) % 24, title_key, sum(plays), sum(watch_seconds)
FROM fact_watch INNER JOIN dim_customer USING (customer_key) WHERE date_key = @date_key
GROUP BY date_key, country_key, (customer_key * 7 + title_key) % 24, title_key;
INSERT INTO fact_playback (
    date_key, device_key, quality_key, attempts, plays, known_completion_plays, complete_plays, watch_seconds
)
SELECT
    date_key, device_key, 1 + customer_key % 4, sum(plays), sum(plays), sum(plays), sum(complete_plays), sum(watch_seconds)
FROM fact_watch WHERE date_key = @date_key GROUP BY date_key, device_key, 1 + customer_key % 4;
INSERT INTO fact_attempt (
    date_key, device_key, country_key, attempts, abandoned_attempts, failed_attempts, plays, failed_plays, known_startups,
    startup_milliseconds, startup_milliseconds_p50, startup_milliseconds_p95, stall_milliseconds,
    known_stall_watch_seconds, known_stall_plays, stalls, played_kilobits, known_bitrate_watch_seconds
)
SELECT
    date_key, device_key, country_key, sum(plays), 0, 0, sum(plays), 0, sum(plays), 900 * sum(plays), 800, 2500, 0,
    sum(watch_seconds), sum(plays), 0, 4000 * sum(watch_seconds), sum(watch_seconds)
FROM fact_watch INNER JOIN dim_customer USING (customer_key) WHERE date_key = @date_key
GROUP BY date_key, device_key, country_key;
INSERT INTO fact_event_activity (
    date_key, platform, country_key, events, active_users, sessions, session_milliseconds_median, session_milliseconds_p95
)
SELECT
    date_key, concat('Platform ', device_key), country_key, 8 * sum(plays), count(DISTINCT customer_key), sum(plays),
    600000, 5400000
FROM fact_watch INNER JOIN dim_customer USING (customer_key) WHERE date_key = @date_key
GROUP BY date_key, device_key, country_key;
INSERT INTO fact_rating (date_key, title_key, ratings, stars)
SELECT date_key, title_key, count(*), sum(1 + customer_key % 5) FROM fact_watch
WHERE date_key = @date_key AND customer_key % 20 = 0 GROUP BY date_key, title_key;
INSERT INTO fact_subscription_event (
    date_key, subscription_key, event_number, customer_key, event_type_key, plan_key, amount_minor, currency_key
)
SELECT
    dim_date.date_key, dim_subscription.subscription_key, 1, dim_customer.customer_key,
    CASE WHEN dim_date.month_key = 20240101 THEN start_type.event_type_key ELSE renewal_type.event_type_key END,
    dim_customer.plan_key, 900 + 300 * dim_customer.plan_key, dim_currency.currency_key
FROM dim_customer
INNER JOIN dim_subscription ON dim_customer.source = dim_subscription.source AND dim_customer.customer_code = dim_subscription.user_id
INNER JOIN dim_date ON dim_date.date_key - dim_date.month_key = dim_customer.customer_key % 28
INNER JOIN dim_currency ON dim_currency.currency = 'USD'
INNER JOIN dim_subscription_event_type AS start_type ON start_type.event_type = 'start'
INNER JOIN dim_subscription_event_type AS renewal_type ON renewal_type.event_type = 'renewal'
WHERE dim_date.date_key = @date_key;
REPLACE INTO published_day VALUES (@date_key, 1, 1, utc_timestamp(6));
COMMIT;
-- facts
INSERT INTO customer_first_day (customer_key, first_date_key)
SELECT customer_key, min(date_key) FROM fact_category_seconds WHERE watch_seconds > 0 GROUP BY customer_key;
INSERT INTO fact_search (
    date_key, searches, known_result_searches, zero_result_searches, clicked_searches, played_searches, untimed_searches
)
SELECT date_key, count(*), count(*), count(*) DIV 9, count(*) DIV 2, count(*) DIV 3, 0 FROM fact_watch GROUP BY date_key;
INSERT INTO changed_subscription SELECT subscription_key, utc_timestamp(6) FROM dim_subscription;
INSERT INTO fact_concurrency (date_key, peak_concurrent_streams, peak_minute_at, sessions_without_time)
SELECT date_key, count(*) DIV 20, NULL, 0 FROM fact_watch GROUP BY date_key;
ANALYZE TABLE dim_customer, dim_title, fact_watch, fact_category_seconds, fact_hour, fact_rating;
