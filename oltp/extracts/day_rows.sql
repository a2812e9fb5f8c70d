-- day_rows: about how many rows each day has: those that its loads read, spread evenly over the days they touched.
--           From the ledger alone, so it costs nothing; exports cut their portions by it.
-- grain:  one row per UTC day that loads touched
-- params: targets (of the loads; null for all)
WITH spread AS (
    SELECT
        load_day.day,
        load.read_rows / count(*) OVER (PARTITION BY load_day.load_id) AS row_count
    FROM ops.load_day
    INNER JOIN ops.load ON load_day.load_id = load.load_id
    WHERE cast(%(targets)s AS text[]) IS NULL OR load.target = any(cast(%(targets)s AS text[]))
)

SELECT
    spread.day,
    cast(sum(spread.row_count) AS bigint) AS row_count
FROM spread
GROUP BY spread.day
