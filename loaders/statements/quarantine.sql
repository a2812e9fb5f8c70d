-- quarantine.sql: keep rows that the contract refused.
-- params: a list of rows, expanded by the driver
INSERT INTO ops.quarantine (load_id, line, column_name, code, value, row_text)
VALUES %s
