-- end_refresh: close a row of the run log as done and give back the lock.
CREATE PROCEDURE end_refresh (IN in_refresh_id int, IN in_row_count bigint)
COMMENT 'Close a row of the run log as done and give back the lock.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    UPDATE refresh_log
    SET outcome = 'done', row_count = in_row_count, ended_at = utc_timestamp(6)
    WHERE refresh_id = in_refresh_id;
    DO release_lock(concat(schema(), '.refresh'));
END
