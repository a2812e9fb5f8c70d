-- begin_refresh: check the range, take the lock of refreshes (10 seconds' patience), open a row of the run log.
-- A row that still says running when we hold the lock belongs to a connection that ended: interrupted.
-- State 45001 says that another run holds the lock. What fails behind it gives it back: the caller can't know of it.
CREATE PROCEDURE begin_refresh (
    IN in_procedure_name varchar(64), IN in_from date, IN in_to date, OUT out_refresh_id int
)
COMMENT 'Take the lock and open a row of the run log.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_is_locked int DEFAULT 0;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        IF v_is_locked THEN
            DO release_lock(concat(schema(), '.refresh'));
        END IF;
        RESIGNAL;
    END;

    IF
        in_from > in_to
        OR (in_from IS NULL) <> (in_to IS NULL)
        -- Of those that refresh, only the one that finds its days itself is given none.
        OR (in_from IS NULL AND in_procedure_name LIKE 'refresh%' AND in_procedure_name <> 'refresh_changed_days')
    THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refresh: the first day is after the last, or one is missing';
    END IF;
    SET v_is_locked = coalesce(get_lock(concat(schema(), '.refresh'), 10), 0);
    IF NOT v_is_locked THEN
        SIGNAL SQLSTATE '45001' SET MESSAGE_TEXT = 'refresh: another refresh is running';
    END IF;

    UPDATE refresh_log
    SET outcome = 'interrupted', ended_at = utc_timestamp(6)
    WHERE outcome = 'running' AND connection_id <> connection_id();

    INSERT INTO refresh_log (procedure_name, from_day, to_day, connection_id, started_at, outcome)
    VALUES (in_procedure_name, in_from, in_to, connection_id(), utc_timestamp(6), 'running');
    SET out_refresh_id = last_insert_id();
END
