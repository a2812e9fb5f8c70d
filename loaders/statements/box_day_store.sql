-- box_day_store.sql: the store that holds a day of set-top-box logs; no row if none does.
-- params: kind, day
SELECT DISTINCT
    CASE
        WHEN EXISTS (SELECT 1 FROM oltp.box_days WHERE box_days.day = load_day.day) THEN 'PostgreSQL'
        ELSE 'MongoDB'
    END AS store
FROM ops.load_day
INNER JOIN ops.load ON load_day.load_id = load.load_id
WHERE load_day.day = %(day)s AND load.kind = %(kind)s AND load.state IN ('mongo_done', 'complete');
