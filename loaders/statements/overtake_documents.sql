-- overtake_documents.sql: note which refused rows are out of date, as overtake.sql does, by documents that are accepted.
-- Hardly any are, mostly none, which nothing tells the server: so they are found first, and looked up then.
-- params: load_id; lines (by keys that begin with the source: an object of JSON, as an array of the server's own is read,
--         and planned for, a value at a time)
WITH accepted AS (
    SELECT
        own.load_id,
        own.delivery_id,
        cast(given.line AS bigint) AS line,
        substr(given.key, char_length(own.source) + 2) AS natural_id
    FROM ops.load AS own
    CROSS JOIN json_each_text(cast(%(lines)s AS json)) AS given (key, line)
    WHERE own.load_id = %(load_id)s
),

overtaken AS MATERIALIZED (
    SELECT
        refused_before.quarantine_id,
        accepted.load_id
    FROM refused_before
    INNER JOIN accepted ON refused_before.natural_id = accepted.natural_id
    WHERE (refused_before.delivery_id, refused_before.line) < (accepted.delivery_id, accepted.line)
)

UPDATE ops.quarantine
SET overtaken_by = quarantine.overtaken_by || overtaken.load_id
FROM overtaken
WHERE quarantine.quarantine_id = overtaken.quarantine_id;
