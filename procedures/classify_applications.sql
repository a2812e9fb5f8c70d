-- classify_applications: give each application the category that application_category says, and mark what that makes
-- stale. Runs in the caller's transaction.
CREATE PROCEDURE classify_applications ()
COMMENT 'Give applications their category by application_category; mark the slices that change.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM stg_application_category;

    INSERT INTO stg_application_category (application_key, category_key)
    SELECT
        dim_application.application_key,
        coalesce(application_category.category_key, 0)
    FROM dim_application
    LEFT JOIN application_category ON dim_application.application = application_category.application
    WHERE
        dim_application.application_key > 0
        AND dim_application.category_key <> coalesce(application_category.category_key, 0);

    INSERT INTO changed_day (aggregate_name, date_key, changed_at)
    SELECT DISTINCT
        aggregate_slice.aggregate_name,
        aggregate_slice.slice_key,
        utc_timestamp(6)
    FROM stg_application_category
    INNER JOIN fact_box_watch ON stg_application_category.application_key = fact_box_watch.application_key
    INNER JOIN aggregate_slice ON fact_box_watch.date_key = aggregate_slice.date_key
    WHERE aggregate_slice.changed_by_category = 'Yes'
    ON DUPLICATE KEY UPDATE changed_at = utc_timestamp(6);

    UPDATE dim_application, stg_application_category
    SET dim_application.category_key = stg_application_category.category_key
    WHERE dim_application.application_key = stg_application_category.application_key;
END
