-- mark_sign_ups: marks on what depends on the days on which customers signed up, from a day on. Runs in the caller's
-- transaction; a day that is null marks nothing.
CREATE PROCEDURE mark_sign_ups (IN in_first date)
COMMENT 'Mark the slices that a new day of sign-up makes stale, from in_first on.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    INSERT INTO changed_day (aggregate_name, date_key, changed_at)
    SELECT DISTINCT
        aggregate_slice.aggregate_name,
        aggregate_slice.slice_key,
        utc_timestamp(6)
    FROM (
        SELECT dim_date.month_key
        FROM event_span
        INNER JOIN dim_date AS first_day ON event_span.first_date_key = first_day.date_key
        INNER JOIN dim_date
            ON first_day.month_key <= dim_date.date_key AND event_span.last_date_key >= dim_date.date_key
        WHERE dim_date.date_key = dim_date.month_key AND last_day(dim_date.date_value) >= in_first
    ) AS later
    INNER JOIN aggregate_slice ON later.month_key = aggregate_slice.date_key
    INNER JOIN aggregate_cause ON aggregate_slice.aggregate_name = aggregate_cause.aggregate_name
    WHERE aggregate_cause.cause = 'sign-up'
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);
END
