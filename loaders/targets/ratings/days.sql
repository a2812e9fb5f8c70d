-- days.sql: the event days that this load touches: of its rows, and of the rows they replace.
-- settings: svp.source, svp.load_id
INSERT INTO ops.load_day (load_id, day)
SELECT
    cast(current_setting('svp.load_id') AS bigint) AS load_id,
    cast(touched.rated_at AT TIME ZONE 'UTC' AS date) AS day
FROM (
    SELECT resolved.rated_at
    FROM resolved
    WHERE resolved.is_latest AND resolved.row_outcome IN ('loaded', 'updated')
    UNION ALL
    SELECT ratings.rated_at
    FROM resolved
    INNER JOIN oltp.ratings
        ON resolved.rating_id = ratings.rating_id AND ratings.source = current_setting('svp.source')
    WHERE resolved.is_latest AND resolved.row_outcome = 'updated'
) AS touched
GROUP BY day
ON CONFLICT DO NOTHING;
