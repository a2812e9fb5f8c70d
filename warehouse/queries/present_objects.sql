-- present_objects: procedures, events and mart views that are there, whoever made them.
-- grain:  one row per object
-- params: @svp_mart (the mart database); the default database is the warehouse
SELECT
    'procedure' AS kind,
    routines.routine_name AS name
FROM information_schema.routines
WHERE routines.routine_schema = schema()
UNION ALL
SELECT
    'event' AS kind,
    events.event_name AS name
FROM information_schema.events
WHERE events.event_schema = schema()
UNION ALL
SELECT
    'view' AS kind,
    views.table_name AS name
FROM information_schema.views
WHERE views.table_schema = @svp_mart
