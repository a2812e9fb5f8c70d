-- Days of set-top-box logs, which exports left out until now, come over to the warehouse once more.
UPDATE ops.day_version
SET
    version = nextval('ops.version'),
    changed_at = clock_timestamp()
WHERE
    EXISTS (
        SELECT 1
        FROM ops.load_day
        INNER JOIN ops.load ON load_day.load_id = load.load_id
        WHERE load_day.day = day_version.day AND load.kind = 'iptv.logs' AND load.state = 'complete'
    );
