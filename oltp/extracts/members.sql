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
    FROM chosen
    INNER JOIN oltp.viewing_sessions ON chosen.day = viewing_sessions.started_on
    INNER JOIN ops.load ON viewing_sessions.load_id = load.load_id
    WHERE load.state = 'complete'
    UNION ALL
    SELECT
        viewing_sessions.user_key,
        viewing_sessions.content_key,
        viewing_sessions.device_type
    FROM chosen
    INNER JOIN oltp.viewing_sessions ON chosen.day - 1 = viewing_sessions.started_on
    INNER JOIN ops.load ON viewing_sessions.load_id = load.load_id
    WHERE load.state = 'complete' AND viewing_sessions.next_day_seconds > 0
),

viewer AS (
    SELECT DISTINCT played.user_key
    FROM played
)

SELECT
    'customer' AS dimension,
    viewer.user_key AS member_key,
    user_customer.customer_source AS source,
    user_customer.customer_code AS member_name
FROM viewer
INNER JOIN oltp.user_customer ON viewer.user_key = user_customer.user_key
UNION ALL
SELECT
    'title' AS dimension,
    content.content_key AS member_key,
    content.source,
    content.content_id AS member_name
FROM oltp.content
WHERE content.content_key IN (SELECT played.content_key FROM played)
UNION ALL
SELECT DISTINCT
    'device' AS dimension,
    cast(NULL AS bigint) AS member_key,
    NULL AS source,
    trim(BOTH FROM left(played.device_type, 64)) AS member_name
FROM played
WHERE trim(BOTH FROM left(played.device_type, 64)) <> ''
UNION ALL
SELECT DISTINCT
    'country' AS dimension,
    cast(NULL AS bigint) AS member_key,
    NULL AS source,
    coalesce(nullif(trim(BOTH FROM left(users.country, 100)), ''), 'Unknown') AS member_name
FROM viewer
INNER JOIN oltp.users ON viewer.user_key = users.user_key
