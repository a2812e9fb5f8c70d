-- What was said of how a file is to be read, without which its refused rows can't be judged again.
ALTER TABLE ops.load ADD COLUMN said text NOT NULL DEFAULT '';
COMMENT ON COLUMN ops.load.said IS 'Zone, map and encoding that were said of the file, where they change what it means';
