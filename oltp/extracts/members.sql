-- members: what the plays of some days name, for stg_member: customers, titles, kinds of device, countries.
-- grain:  one row per user, title, kind of device and country that is named
-- params: svp.days (setting of the transaction; an array of days)
WITH chosen AS (
    SELECT unnest(cast(current_setting('svp.days') AS date[])) AS day
),

played AS (
    SELECT
        viewing_sessions.user_key,
        viewing_sessions.content_key,
        viewing_sessions.device_type
    FROM oltp.viewing_sessions
    INNER JOIN ops.load ON viewing_sessions.load_id = load.load_id
    WHERE
        load.state = 'complete'
        AND viewing_sessions.started_on IN (SELECT chosen.day FROM chosen)
    UNION ALL
    SELECT
        viewing_sessions.user_key,
        viewing_sessions.content_key,
        viewing_sessions.device_type
    FROM oltp.viewing_sessions
    INNER JOIN ops.load ON viewing_sessions.load_id = load.load_id
    WHERE
        load.state = 'complete'
        AND viewing_sessions.next_day_seconds > 0
        AND viewing_sessions.started_on IN (SELECT chosen.day - 1 FROM chosen)
),

-- Each user, title and device once, in a row by itself: the plays are read once for all three.
named AS (
    SELECT
        played.user_key,
        played.content_key,
        played.device_type
    FROM played
    GROUP BY GROUPING SETS (played.user_key, played.content_key, played.device_type)
)

SELECT
    'customer' AS dimension,
    named.user_key AS member_key,
    user_customer.customer_source AS source,
    user_customer.customer_code AS member_name
FROM named
INNER JOIN oltp.user_customer ON named.user_key = user_customer.user_key
UNION ALL
SELECT
    'title' AS dimension,
    content.content_key AS member_key,
    content.source,
    content.content_id AS member_name
FROM named
INNER JOIN oltp.content ON named.content_key = content.content_key
UNION ALL
SELECT DISTINCT
    'device' AS dimension,
    cast(NULL AS bigint) AS member_key,
    NULL AS source,
    trim(BOTH FROM left(named.device_type, 64)) AS member_name
FROM named
WHERE trim(BOTH FROM left(named.device_type, 64)) <> ''
UNION ALL
SELECT DISTINCT
    'country' AS dimension,
    cast(NULL AS bigint) AS member_key,
    NULL AS source,
    coalesce(nullif(trim(BOTH FROM left(users.country, 100)), ''), 'Unknown') AS member_name
FROM named
INNER JOIN oltp.users ON named.user_key = users.user_key
