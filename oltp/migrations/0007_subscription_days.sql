-- Subscription events touch their day: those that are here already touch it now.
CREATE INDEX subscription_events_occurred_at ON oltp.subscription_events (occurred_at);

INSERT INTO ops.load_day (load_id, day)
SELECT DISTINCT
    subscription_events.load_id,
    cast(subscription_events.occurred_at AT TIME ZONE 'UTC' AS date) AS day
FROM oltp.subscription_events
ON CONFLICT DO NOTHING;

LOCK TABLE ops.day_version IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO ops.day_version (day, version)
SELECT
    happened.day,
    nextval('ops.version') AS version
FROM (
    SELECT DISTINCT cast(subscription_events.occurred_at AT TIME ZONE 'UTC' AS date) AS day
    FROM oltp.subscription_events
    INNER JOIN ops.load ON subscription_events.load_id = load.load_id
    WHERE load.state = 'complete'
) AS happened
ORDER BY happened.day
ON CONFLICT (day) DO UPDATE
    SET version = excluded.version, changed_at = clock_timestamp();

-- The history of countries needs the day on which each customer was last heard of: users come over once more.
UPDATE ops.mark
SET
    version = nextval('ops.version'),
    changed_at = clock_timestamp()
WHERE mark = 'users';
