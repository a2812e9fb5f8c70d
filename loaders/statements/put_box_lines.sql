-- put_box_lines.sql: what a load has in a part of a day of set-top-box logs, in the place of what it had.
-- params: source, day, part, load_id, lines (packed)
INSERT INTO oltp.box_day_lines (source, day, part, load_id, lines)
VALUES (%(source)s, %(day)s, %(part)s, %(load_id)s, %(lines)s)
ON CONFLICT (source, day, part, load_id) DO UPDATE
    SET lines = excluded.lines;
