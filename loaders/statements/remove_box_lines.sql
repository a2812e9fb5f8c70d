-- remove_box_lines.sql: a load has no line any more in a part of a day of set-top-box logs.
-- params: source, day, part, load_id
DELETE FROM oltp.box_day_lines
WHERE
    box_day_lines.source = %(source)s
    AND box_day_lines.day = %(day)s
    AND box_day_lines.part = %(part)s
    AND box_day_lines.load_id = %(load_id)s;
