-- What the marts take for today: a table, because a view takes no parameter, and what is refreshed, marked and rebuilt must
-- go by the same day. It is the day after that of UTC: a zone may be a day ahead, and so may the day of an operator.
CREATE TABLE IF NOT EXISTS clock (
    clock_id tinyint NOT NULL COMMENT 'Always 1: there is one clock',
    last_date_key int NOT NULL COMMENT 'Day after that of the last refresh_changed_days, UTC, yyyymmdd; later is the future',
    PRIMARY KEY (clock_id)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row: the last day that can have begun anywhere, as the last refresh saw it'
