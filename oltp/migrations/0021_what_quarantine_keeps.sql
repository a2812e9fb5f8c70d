-- As what refused rows were kept, so that a setting that keeps less of them holds for those that are there, too. Nothing
-- tells of earlier ones what was cut from them.
ALTER TABLE ops.quarantine
ADD COLUMN kept_as text NOT NULL DEFAULT 'keep' CHECK (kept_as IN ('mask', 'keep', 'cut', 'none'));
COMMENT ON COLUMN ops.quarantine.kept_as IS
'The setting quarantine_text by which the row is kept: mask, keep, cut or none; keep, too, if it waits or that is not known';
CREATE INDEX quarantine_kept_as ON ops.quarantine (kept_as, quarantine_id) WHERE code <> 'unknown_parent';

COMMENT ON COLUMN ops.quarantine.row_form IS
'text: it can''t be judged again; columns: row_values is what the file says; values: row_text is what was read, as JSON';
COMMENT ON COLUMN ops.quarantine.row_values IS 'The columns of the file, as text, without what was cut';
COMMENT ON COLUMN ops.quarantine.row_text IS 'The row as the file has it, or as JSON; empty if it is not kept';
