REPLACE INTO published_day (date_key, version, source_loads, published_at)
SELECT
    published_day.date_key,
    0 AS version,
    published_day.source_loads,
    published_day.published_at
FROM published_day
