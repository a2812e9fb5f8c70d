-- titles: every title of completed loads, for stg_title. Line breaks and other control characters become a space.
-- grain:  one row per title
-- params: none
SELECT
    content.source,
    content.content_id,
    left(regexp_replace(content.title, '[[:cntrl:]]+', ' ', 'g'), 500) AS title,
    content.content_type,
    content.release_year,
    nullif(trim(BOTH FROM left(content.maturity_rating, 32)), '') AS maturity_rating,
    left(content.language, 32) AS language,
    CASE WHEN content.is_original THEN 'Yes' WHEN NOT content.is_original THEN 'No' END AS is_original,
    (content.ended_at AT TIME ZONE 'UTC')::date AS ended_on
FROM oltp.content
INNER JOIN ops.load ON content.load_id = load.load_id
WHERE load.state = 'complete'
