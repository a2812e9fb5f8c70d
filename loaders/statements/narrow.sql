-- narrow.sql: keep of refused rows without personal data as much as the settings allow.
-- params:   quarantine_ids, refused_values, row_texts, row_values, row_forms (arrays of equal length)
-- settings: svp.quarantine_text (mask, cut or none)
WITH allowed AS (
    SELECT
        current_setting('svp.quarantine_text') AS kept_as,
        current_setting('svp.quarantine_text') = 'mask' AS rows_are_kept,
        current_setting('svp.quarantine_text') <> 'none' AS values_are_kept
)

UPDATE ops.quarantine
SET
    natural_id = CASE WHEN allowed.rows_are_kept THEN quarantine.natural_id END,
    value = CASE WHEN allowed.values_are_kept THEN masked.value END,
    row_text = CASE WHEN allowed.rows_are_kept THEN masked.row_text ELSE '' END,
    row_values = CASE WHEN allowed.rows_are_kept THEN masked.row_values END,
    row_form = CASE WHEN allowed.rows_are_kept THEN masked.row_form ELSE 'text' END,
    kept_as = allowed.kept_as
FROM
    unnest(
        cast(%(quarantine_ids)s AS bigint[]),
        cast(%(refused_values)s AS text[]),
        cast(%(row_texts)s AS text[]),
        cast(%(row_values)s AS json[]),
        cast(%(row_forms)s AS text[])
    ) AS masked (quarantine_id, value, row_text, row_values, row_form)
CROSS JOIN allowed
WHERE quarantine.quarantine_id = masked.quarantine_id;
