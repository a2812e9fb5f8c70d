-- There is a day from the start, that of this upgrade, so that nobody has to ask whether there is one.
REPLACE INTO clock (clock_id, last_date_key)
VALUES (1, cast(date_format(date_add(utc_date(), INTERVAL 1 DAY), '%Y%m%d') AS signed))
