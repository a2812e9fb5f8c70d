-- refresh_calendar: days and months that dim_date and dim_month lack, so that they hold whole years without a gap
-- around in_from and in_to. They take the days that a load may hold, 1900 to 2199, and the day after the last, on
-- which a play may go on.
CREATE PROCEDURE refresh_calendar (IN in_from date, IN in_to date)
COMMENT 'Extend dim_date and dim_month to whole years around a range; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_from date;
    DECLARE v_to date;

    SELECT
        min(dim_date.date_value),
        max(dim_date.date_value)
    INTO v_from, v_to
    FROM dim_date;

    SET v_from = makedate(year(least(in_from, coalesce(v_from, in_from))), 1);
    SET v_to = makedate(year(greatest(in_to, coalesce(v_to, in_to))) + 1, 1);
    IF v_from IS NULL OR v_to IS NULL OR datediff(v_to, v_from) > 110000 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refresh_calendar: no range, or one of more than 110,000 days';
    END IF;

    INSERT INTO dim_date (
        date_key, date_value, year_number, quarter_number, month_number, month_name, month_key, days_in_month,
        iso_year, iso_week, weekday_number, weekday_name, is_weekend
    )
    WITH RECURSIVE
    new_year AS (
        SELECT v_from AS day
        UNION ALL
        SELECT date_add(new_year.day, INTERVAL 1 YEAR) FROM new_year
        WHERE date_add(new_year.day, INTERVAL 1 YEAR) < v_to
    ),

    day_of_year AS (
        SELECT 0 AS number
        UNION ALL
        SELECT day_of_year.number + 1 FROM day_of_year
        WHERE day_of_year.number < 365
    ),

    calendar AS (
        SELECT date_add(new_year.day, INTERVAL day_of_year.number DAY) AS day
        FROM new_year
        CROSS JOIN day_of_year
        WHERE date_add(new_year.day, INTERVAL day_of_year.number DAY) < date_add(new_year.day, INTERVAL 1 YEAR)
    )

    SELECT
        year(calendar.day) * 10000 + month(calendar.day) * 100 + dayofmonth(calendar.day),
        calendar.day,
        year(calendar.day),
        quarter(calendar.day),
        month(calendar.day),
        elt(
            month(calendar.day), 'January', 'February', 'March', 'April', 'May', 'June',
            'July', 'August', 'September', 'October', 'November', 'December'
        ),
        year(calendar.day) * 10000 + month(calendar.day) * 100 + 1,
        dayofmonth(last_day(calendar.day)),
        yearweek(calendar.day, 3) DIV 100,
        week(calendar.day, 3),
        weekday(calendar.day) + 1,
        elt(
            weekday(calendar.day) + 1,
            'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'
        ),
        if(weekday(calendar.day) >= 5, 'Yes', 'No')
    FROM calendar
    LEFT JOIN dim_date ON calendar.day = dim_date.date_value
    WHERE dim_date.date_key IS NULL;

    INSERT INTO dim_month (month_key, month_start)
    SELECT
        dim_date.date_key,
        dim_date.date_value
    FROM dim_date
    LEFT JOIN dim_month ON dim_date.month_key = dim_month.month_key
    WHERE dim_date.date_key = dim_date.month_key AND dim_date.date_key > 0 AND dim_month.month_key IS NULL;
END
