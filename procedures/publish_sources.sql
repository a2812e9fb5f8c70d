-- publish_sources: source_freshness from what the export told of the ledger; only rows that differ are written. A day
-- that was purged is not pending.
CREATE PROCEDURE publish_sources ()
COMMENT 'Bring source_freshness up to date with the staged sources; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_refresh_id int;
    DECLARE v_row_count bigint;
    DECLARE v_purged_before date;
    DECLARE v_sql_state char(5);
    DECLARE v_message text;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_sql_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT;
        ROLLBACK;
        CALL fail_refresh(v_refresh_id, v_sql_state, v_message);
        RESIGNAL;
    END;

    CALL begin_refresh('publish_sources', NULL, NULL, v_refresh_id);
    SET v_purged_before = coalesce((SELECT max(purge_log.purged_before) FROM purge_log), DATE '1000-01-01');
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    DELETE FROM source_freshness
    WHERE source_freshness.source NOT IN (SELECT stg_source.source FROM stg_source);

    REPLACE INTO source_freshness (
        source, last_event_on, last_loaded_at, last_exported_at, days_pending, rows_quarantined
    )
    WITH touched AS (
        SELECT
            stg_source_day.source,
            max(published_day.published_at) AS published_at,
            sum(
                stg_source_day.day >= v_purged_before
                AND (stg_source_day.is_busy = 'Yes' OR stg_source_day.version > coalesce(published_day.version, 0))
            ) AS days_pending
        FROM stg_source_day
        LEFT JOIN dim_date ON stg_source_day.day = dim_date.date_value
        LEFT JOIN published_day ON dim_date.date_key = published_day.date_key
        GROUP BY stg_source_day.source
    ),

    told AS (
        SELECT
            stg_source.source,
            stg_source.last_event_on,
            stg_source.last_loaded_at,
            stg_source.rows_quarantined,
            coalesce(touched.days_pending, 0) AS days_pending,
            coalesce(
                touched.published_at,
                if(stg_source.last_loaded_at IS NULL, NULL, (SELECT max(published_mark.published_at) FROM published_mark))
            ) AS published_at
        FROM stg_source
        LEFT JOIN touched ON stg_source.source = touched.source
    ),

    -- Whole seconds, cut: engines differ in how they round.
    cut AS (
        SELECT
            told.source,
            told.last_event_on,
            told.last_loaded_at,
            told.days_pending,
            told.rows_quarantined,
            cast(date_sub(told.published_at, INTERVAL microsecond(told.published_at) MICROSECOND) AS datetime) AS exported_at
        FROM told
    )

    SELECT
        cut.source,
        cut.last_event_on,
        cut.last_loaded_at,
        cut.exported_at,
        cut.days_pending,
        cut.rows_quarantined
    FROM cut
    LEFT JOIN source_freshness AS former ON cut.source = former.source
    WHERE
        former.source IS NULL
        OR NOT (
            cut.last_event_on <=> former.last_event_on
            AND cut.last_loaded_at <=> former.last_loaded_at
            AND cut.exported_at <=> former.last_exported_at
            AND cut.days_pending = former.days_pending
            AND cut.rows_quarantined = former.rows_quarantined
        );
    SET v_row_count = row_count();

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
