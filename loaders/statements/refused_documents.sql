-- refused_documents.sql: rows in quarantine that accepted documents of a load may overtake, as gather_refused.sql finds them.
-- grain: one row per refused row of its target and source
CREATE TEMPORARY TABLE refused_before (
    quarantine_id bigint NOT NULL,
    natural_id text NOT NULL,
    line bigint NOT NULL,
    delivery_id bigint NOT NULL
) ON COMMIT DROP;
