-- raise_versions.sql: tell exports that a load came, or went: raise the version of every day it touched, and its mark.
-- The locks taken here make the order of versions the order in which they become visible.
-- params: load_id, mark (users, titles or null)
LOCK TABLE ops.day_version IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO ops.day_version (day, version)
SELECT
    load_day.day,
    nextval('ops.version') AS version
FROM ops.load_day
WHERE load_day.load_id = %(load_id)s
ORDER BY load_day.day
ON CONFLICT (day) DO UPDATE
    SET version = excluded.version, changed_at = clock_timestamp();

INSERT INTO ops.mark (mark, version)
SELECT
    %(mark)s AS mark,
    nextval('ops.version') AS version
FROM ops.load
WHERE
    load.load_id = %(load_id)s
    AND %(mark)s IS NOT NULL
    AND load.loaded_rows + load.updated_rows + load.ended_rows > 0
ON CONFLICT (mark) DO UPDATE
    SET version = excluded.version, changed_at = clock_timestamp();
