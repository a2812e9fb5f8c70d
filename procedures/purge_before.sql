-- purge_before: every day before in_day, oldest first, each in a transaction of its own. The mark comes first, so no
-- export brings a day back that is gone; a purge that was killed is completed by its repeat.
CREATE PROCEDURE purge_before (IN in_day date)
COMMENT 'Remove what the warehouse holds of the days before in_day, for good; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_day date;
    DECLARE v_is_done int DEFAULT 0;
    DECLARE v_refresh_id int;
    DECLARE v_day_count bigint DEFAULT 0;
    DECLARE v_sql_state char(5);
    DECLARE v_message text;
    DECLARE old_day CURSOR FOR
        SELECT dim_date.date_value
        FROM published_day
        INNER JOIN dim_date ON published_day.date_key = dim_date.date_key
        WHERE dim_date.date_value < in_day
        ORDER BY dim_date.date_value;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_is_done = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_sql_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT;
        ROLLBACK;
        CALL fail_refresh(v_refresh_id, v_sql_state, v_message);
        RESIGNAL;
    END;

    CALL begin_refresh('purge_before', NULL, NULL, v_refresh_id);
    IF in_day IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'purge_before: no day was given';
    END IF;
    IF in_day > (
        SELECT max(dim_date.date_value)
        FROM published_day
        INNER JOIN dim_date ON published_day.date_key = dim_date.date_key
        INNER JOIN clock ON published_day.date_key <= clock.last_date_key
    ) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'purge_before: no published day that has come would be left';
    END IF;
    INSERT IGNORE INTO purge_log (purged_before, purged_at) VALUES (in_day, utc_timestamp(6));

    OPEN old_day;
    purge_each: LOOP
        FETCH old_day INTO v_day;
        IF v_is_done THEN
            LEAVE purge_each;
        END IF;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
        CALL purge_day(v_day);
        COMMIT;
        SET v_day_count = v_day_count + 1;
    END LOOP;
    CLOSE old_day;

    -- What lies between the last of them and in_day: the end of a month on which nothing was published.
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    CALL purge_day(date_sub(in_day, INTERVAL 1 DAY));
    COMMIT;

    CALL end_refresh(v_refresh_id, v_day_count);
END
