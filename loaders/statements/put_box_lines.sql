-- put_box_lines.sql: a part of the lines of a day of set-top-box logs, in the place of what was there.
-- params: source, day, part, lines (packed)
INSERT INTO oltp.box_day_lines (source, day, part, lines)
VALUES (%(source)s, %(day)s, %(part)s, %(lines)s)
ON CONFLICT (source, day, part) DO UPDATE
    SET lines = excluded.lines;
