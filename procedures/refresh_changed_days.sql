-- refresh_changed_days: every slice in changed_day, aggregate by aggregate in the order of aggregate_definition,
-- consecutive slices in one call, but days of two months, or months of two years, in two: so that no transaction grows
-- with the history. Nothing changed: nothing is written but the run log. It is the one procedure that works with its
-- definer's rights: who may call it needs none on the tables.
CREATE PROCEDURE refresh_changed_days ()
COMMENT 'Rebuild every slice that changed since it was built; safe to repeat.'
SQL SECURITY DEFINER
MODIFIES SQL DATA
BEGIN
    DECLARE v_aggregate_name varchar(64);
    DECLARE v_from date;
    DECLARE v_to date;
    DECLARE v_is_done int DEFAULT 0;
    DECLARE v_refresh_id int;
    DECLARE v_slice_count bigint DEFAULT 0;
    DECLARE v_sql_state char(5);
    DECLARE v_message text;
    DECLARE changed_range CURSOR FOR
        WITH numbered AS (
            SELECT
                changed_day.aggregate_name,
                dim_date.date_value,
                CASE slice_kind.unit
                    WHEN 'month' THEN dim_date.year_number * 12 + dim_date.month_number
                    ELSE to_days(dim_date.date_value)
                END - cast(
                    row_number() OVER (PARTITION BY changed_day.aggregate_name ORDER BY dim_date.date_value) AS signed
                ) AS island,
                CASE slice_kind.unit WHEN 'month' THEN dim_date.year_number ELSE dim_date.month_key END AS period
            FROM changed_day
            INNER JOIN dim_date ON changed_day.date_key = dim_date.date_key
            INNER JOIN aggregate_definition ON changed_day.aggregate_name = aggregate_definition.aggregate_name
            INNER JOIN slice_kind ON aggregate_definition.slice = slice_kind.slice
        )

        SELECT
            numbered.aggregate_name,
            min(numbered.date_value),
            max(numbered.date_value)
        FROM numbered
        INNER JOIN aggregate_definition ON numbered.aggregate_name = aggregate_definition.aggregate_name
        GROUP BY numbered.aggregate_name, aggregate_definition.refresh_order, numbered.island, numbered.period
        ORDER BY aggregate_definition.refresh_order, min(numbered.date_value);
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_is_done = 1;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_sql_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT;
        ROLLBACK;
        CALL fail_refresh(v_refresh_id, v_sql_state, v_message);
        RESIGNAL;
    END;

    CALL begin_refresh('refresh_changed_days', NULL, NULL, v_refresh_id);
    -- A month of set-top boxes has tens of millions of rows of some million customers: to be sorted in a few portions, and
    -- summed in memory. What is less takes less.
    SET SESSION sort_buffer_size = 67108864;
    SET SESSION tmp_table_size = 536870912;
    SET SESSION max_heap_table_size = 536870912;

    CALL mark_moved_span(utc_date());
    OPEN changed_range;
    refresh_range: LOOP
        FETCH changed_range INTO v_aggregate_name, v_from, v_to;
        IF v_is_done THEN
            LEAVE refresh_range;
        END IF;
        -- The name can't be a parameter, so the statement is put together; quoted, so that it names one of our procedures.
        SET @svp_call = concat('CALL `refresh_', replace(v_aggregate_name, '`', '``'), '`(?, ?)');
        SET @svp_from = v_from;
        SET @svp_to = v_to;
        PREPARE svp_call FROM @svp_call;
        EXECUTE svp_call USING @svp_from, @svp_to;
        DEALLOCATE PREPARE svp_call;
        SET v_slice_count = v_slice_count + 1;
    END LOOP;
    CLOSE changed_range;

    CALL end_refresh(v_refresh_id, v_slice_count);
END
