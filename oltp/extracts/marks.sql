-- marks: version of each kind of thing that is exported whole.
-- grain:  one row per mark
-- params: none
SELECT
    mark.mark,
    mark.version
FROM ops.mark
ORDER BY mark.mark
