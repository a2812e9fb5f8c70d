-- publish_days: the facts of all days from in_from to in_to from staging, in one transaction with their versions. Days
-- that stg_day_version lacks must not lie between: loads touched none, or the caller calls once for each side.
CREATE PROCEDURE publish_days (IN in_from date, IN in_to date)
COMMENT 'Replace the facts of a range of staged UTC days, all or none; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_to_key int DEFAULT year(in_to) * 10000 + month(in_to) * 100 + dayofmonth(in_to);
    DECLARE v_from date;
    DECLARE v_from_key int;
    DECLARE v_refresh_id int;
    DECLARE v_day_count bigint;
    DECLARE v_sql_state char(5);
    DECLARE v_message text;
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
    -- Days that a purge has taken since they were read stay away.
    SELECT greatest(in_from, coalesce(max(purge_log.purged_before), in_from)) INTO v_from FROM purge_log;
    SET v_from_key = year(v_from) * 10000 + month(v_from) * 100 + dayofmonth(v_from);
    SELECT count(*) INTO v_day_count FROM stg_day_version
    WHERE stg_day_version.day BETWEEN v_from AND in_to;

    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    IF
        NOT EXISTS (SELECT 1 FROM dim_date WHERE dim_date.date_value = in_from)
        OR NOT EXISTS (SELECT 1 FROM dim_date WHERE dim_date.date_value = in_to)
    THEN
        CALL refresh_calendar(in_from, in_to);
    END IF;
    CALL publish_facts(v_from_key, v_to_key);
    COMMIT;

    CALL end_refresh(v_refresh_id, v_day_count);
END
