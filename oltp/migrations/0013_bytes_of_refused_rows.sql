-- Where refused rows begin in their file.
ALTER TABLE ops.quarantine ADD COLUMN byte_offset bigint CHECK (byte_offset >= 0);
COMMENT ON COLUMN ops.quarantine.byte_offset IS
'Bytes before the row in the file, without its compression; null where none are counted, as in a workbook';
