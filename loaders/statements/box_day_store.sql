-- box_day_store.sql: whether a day of set-top-box logs went without documents; no row if nothing of it is stored.
-- params: kind, day
SELECT DISTINCT load.is_packed
FROM ops.load_day
INNER JOIN ops.load ON load_day.load_id = load.load_id
WHERE load_day.day = %(day)s AND load.kind = %(kind)s AND load.state IN ('mongo_done', 'complete');
