-- An attempt that was killed may have replaced documents: its days stay busy under the number of the next attempt.
ALTER TABLE ops.load_day
DROP CONSTRAINT load_day_load_id_fkey,
ADD CONSTRAINT load_day_load_id_fkey
FOREIGN KEY (load_id) REFERENCES ops.load (load_id) ON DELETE CASCADE ON UPDATE CASCADE;
