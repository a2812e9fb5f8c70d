-- refuse.sql: put the rows that link.sql refused into quarantine, as they were staged. Those that wait for what they
-- refer to are kept whole whatever the settings say: they are loaded from there. Of others an address goes, but in an
-- id, unless the settings keep it; such a row can't be loaded again.
-- params:   address, ids (patterns of addresses, and of columns that are ids), cut (the word in their place)
-- settings: svp.load_id, svp.quarantine_text (mask, keep, cut or none)
WITH allowed AS (
    SELECT
        cast(%(address)s AS text) AS address,
        cast(%(ids)s AS text) AS ids,
        cast(%(cut)s AS text) AS cut,
        current_setting('svp.quarantine_text') IN ('mask', 'keep') AS rows_are_kept,
        current_setting('svp.quarantine_text') = 'keep' AS addresses_are_kept,
        current_setting('svp.quarantine_text') = 'none' AS is_bare
),

refused AS (
    SELECT
        resolved.line,
        resolved.natural_id,
        resolved.refused_column,
        resolved.refused_code,
        resolved.refused_value,
        row_to_json(stage.*) AS staged,
        resolved.refused_code = 'unknown_parent' AS is_waiting
    FROM resolved
    INNER JOIN stage ON resolved.line = stage.line
    WHERE resolved.refused_code IS NOT NULL
),

masked AS (
    SELECT
        refused.line,
        cast(
            json_object_agg(
                told.key,
                CASE
                    WHEN told.key ~ allowed.ids THEN told.value
                    ELSE regexp_replace(told.value, allowed.address, allowed.cut, 'g')
                END
            ) AS text
        ) AS row_text
    FROM refused
    CROSS JOIN allowed
    CROSS JOIN LATERAL json_each_text(refused.staged) AS told
    WHERE NOT (refused.is_waiting OR allowed.addresses_are_kept)
    GROUP BY refused.line
    HAVING bool_or(told.key !~ allowed.ids AND told.value ~ allowed.address)
),

kept AS (
    SELECT
        refused.*,
        masked.row_text AS masked_text,
        refused.is_waiting OR allowed.rows_are_kept AS is_kept,
        refused.is_waiting OR NOT allowed.is_bare AS value_is_kept
    FROM refused
    CROSS JOIN allowed
    LEFT JOIN masked ON refused.line = masked.line
)

INSERT INTO ops.quarantine (load_id, line, natural_id, column_name, code, value, row_text, row_form, kept_as)
SELECT
    cast(current_setting('svp.load_id') AS bigint) AS load_id,
    kept.line,
    CASE WHEN kept.is_kept THEN kept.natural_id END AS natural_id,
    kept.refused_column,
    kept.refused_code,
    CASE WHEN kept.value_is_kept THEN left(kept.refused_value, 80) END AS value,
    CASE WHEN kept.is_kept THEN coalesce(kept.masked_text, cast(kept.staged AS text)) ELSE '' END AS row_text,
    CASE WHEN kept.is_kept AND kept.masked_text IS NULL THEN 'values' ELSE 'text' END AS row_form,
    CASE WHEN kept.is_waiting THEN 'keep' ELSE current_setting('svp.quarantine_text') END AS kept_as
FROM kept
ORDER BY kept.line;
