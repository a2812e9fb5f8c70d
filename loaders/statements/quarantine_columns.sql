-- quarantine_columns.sql: the columns that the files of refused rows have.
-- grain:  one row per name
-- params: load_id (null for every load)
SELECT DISTINCT json_object_keys(quarantine.row_values) AS column_name
FROM ops.quarantine
WHERE
    quarantine.row_values IS NOT NULL
    AND (%(load_id)s IS NULL OR quarantine.load_id = %(load_id)s)
ORDER BY column_name;
