-- fail_refresh: close a row of the run log as failed and give back the lock; nothing when there is no row,
-- because then begin_refresh refused and the lock is not ours.
CREATE PROCEDURE fail_refresh (IN in_refresh_id int, IN in_sql_state char(5), IN in_message text)
COMMENT 'Close a row of the run log as failed and give back the lock.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    IF in_refresh_id IS NOT NULL THEN
        UPDATE refresh_log
        SET outcome = 'failed', sql_state = in_sql_state, message = left(in_message, 500), ended_at = utc_timestamp(6)
        WHERE refresh_id = in_refresh_id;
        DO release_lock(concat(schema(), '.refresh'));
    END IF;
END
