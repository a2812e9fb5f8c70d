-- end_documents.sql: note the documents of a day that a load ends: all that its file lacks.
-- grain:  one row: how many of them count, and of how many that do
-- params: load_id
ANALYZE delivered_document;
ANALYZE document_of_day;

WITH ended AS (
    INSERT INTO ops.ended_document (load_id, document_id)
    SELECT
        %(load_id)s AS load_id,
        document_of_day.document_id
    FROM document_of_day
    WHERE
        NOT EXISTS (
            SELECT 1
            FROM delivered_document
            WHERE delivered_document.document_id = document_of_day.document_id
        )
    RETURNING document_id
)

SELECT
    count(ended.document_id) AS ended_rows,
    count(*) AS present_rows
FROM document_of_day
INNER JOIN ops.load ON document_of_day.load_id = load.load_id AND load.state = 'complete'
LEFT JOIN ended ON document_of_day.document_id = ended.document_id;
