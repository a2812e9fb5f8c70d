-- documents_of_day.sql: what a file that is all there is of its day is held against, until the transaction ends.
CREATE TEMPORARY TABLE delivered_document (document_id text NOT NULL) ON COMMIT DROP;

-- The load is the one that the document counts for: its own, or that of the document whose place it took.
CREATE TEMPORARY TABLE document_of_day (
    document_id text NOT NULL,
    load_id bigint NOT NULL
) ON COMMIT DROP;
