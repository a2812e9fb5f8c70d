-- present_objects: procedures, events, mart views and procedures of the marts that are there, whoever made them, as far
--                  as the account may see them; with the account whose rights they run with, null for that of the caller.
-- grain:  one row per object
-- params: @svp_mart (the mart database); the default database is the warehouse
SELECT
    'procedure' AS kind,
    routines.routine_name AS name,
    CASE routines.security_type WHEN 'DEFINER' THEN routines.definer END AS definer
FROM information_schema.routines
WHERE routines.routine_schema = schema()
UNION ALL
SELECT
    'mart procedure' AS kind,
    routines.routine_name AS name,
    CASE routines.security_type WHEN 'DEFINER' THEN routines.definer END AS definer
FROM information_schema.routines
WHERE routines.routine_schema = @svp_mart
UNION ALL
SELECT
    'event' AS kind,
    events.event_name AS name,
    events.definer
FROM information_schema.events
WHERE events.event_schema = schema()
UNION ALL
SELECT
    'view' AS kind,
    views.table_name AS name,
    views.definer
FROM information_schema.views
WHERE views.table_schema = @svp_mart
