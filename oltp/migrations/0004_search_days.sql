-- Searches touch their day: those that are here already touch it now.
CREATE INDEX search_queries_searched_at ON oltp.search_queries (searched_at);

INSERT INTO ops.load_day (load_id, day)
SELECT DISTINCT
    search_queries.load_id,
    cast(search_queries.searched_at AT TIME ZONE 'UTC' AS date) AS day
FROM oltp.search_queries
ON CONFLICT DO NOTHING;

LOCK TABLE ops.day_version IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO ops.day_version (day, version)
SELECT
    searched.day,
    nextval('ops.version') AS version
FROM (
    SELECT DISTINCT cast(search_queries.searched_at AT TIME ZONE 'UTC' AS date) AS day
    FROM oltp.search_queries
    INNER JOIN ops.load ON search_queries.load_id = load.load_id
    WHERE load.state = 'complete'
) AS searched
ORDER BY searched.day
ON CONFLICT (day) DO UPDATE
    SET version = excluded.version, changed_at = clock_timestamp();
