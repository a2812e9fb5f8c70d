-- publish_days: the days of stg_day_version from in_from to in_to, each whole and in a transaction of its own, with
-- one row in the run log for all. Days before one that fails stay published; the next export does the rest.
CREATE PROCEDURE publish_days (IN in_from date, IN in_to date)
COMMENT 'Replace the facts of each staged UTC day of a range; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_date_key int;
    DECLARE v_day date;
    DECLARE v_version bigint;
    DECLARE v_is_done int DEFAULT 0;
    DECLARE v_refresh_id int;
    DECLARE v_day_count bigint DEFAULT 0;
    DECLARE v_sql_state char(5);
    DECLARE v_message text;
    DECLARE staged_day CURSOR FOR
        SELECT
            stg_day_version.day,
            stg_day_version.version
        FROM stg_day_version
        WHERE
            stg_day_version.day BETWEEN in_from AND in_to
            AND stg_day_version.day >= coalesce((SELECT max(purge_log.purged_before) FROM purge_log), DATE '1000-01-01')
        ORDER BY stg_day_version.day;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_is_done = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_sql_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT;
        ROLLBACK;
        CALL fail_refresh(v_refresh_id, v_sql_state, v_message);
        RESIGNAL;
    END;

    CALL begin_refresh('publish_days', in_from, in_to, v_refresh_id);
    IF in_from IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'publish_days: no days were given';
    END IF;

    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    CALL publish_members(in_from, in_to);
    COMMIT;

    OPEN staged_day;
    publish_each: LOOP
        FETCH staged_day INTO v_day, v_version;
        IF v_is_done THEN
            LEAVE publish_each;
        END IF;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
        IF NOT EXISTS (SELECT 1 FROM dim_date WHERE dim_date.date_value = v_day) THEN
            CALL refresh_calendar(v_day, v_day);
        END IF;
        SELECT dim_date.date_key INTO v_date_key FROM dim_date
        WHERE dim_date.date_value = v_day;
        CALL publish_day(v_date_key, v_day, v_version);
        COMMIT;
        SET v_day_count = v_day_count + 1;
    END LOOP;
    CLOSE staged_day;

    CALL end_refresh(v_refresh_id, v_day_count);
END
