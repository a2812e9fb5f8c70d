-- put_box_day.sql: the totals of a day of set-top-box logs, in the place of those that were there.
-- params: source, day, line_count, watch_seconds, active_contracts (of all sources of the day), load_id
INSERT INTO oltp.box_days (source, day, line_count, watch_seconds, active_contracts, load_id)
SELECT
    %(source)s AS source,
    %(day)s AS day,
    %(line_count)s AS line_count,
    %(watch_seconds)s AS watch_seconds,
    %(active_contracts)s - coalesce(sum(box_days.active_contracts), 0) AS active_contracts,
    %(load_id)s AS load_id
FROM oltp.box_days
WHERE box_days.day = %(day)s AND box_days.source <> %(source)s
ON CONFLICT (source, day) DO UPDATE
    SET
        line_count = excluded.line_count,
        watch_seconds = excluded.watch_seconds,
        active_contracts = excluded.active_contracts,
        load_id = excluded.load_id;
