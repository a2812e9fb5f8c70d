-- purge_day: everything until a day goes from facts and aggregates: rows by day, and those of months that are over with
-- it. What later days need of it stays: first days, who played last, and the events of subscriptions, because what
-- somebody pays today follows from all of them. Each table of facts or an aggregate has its day or month in date_key or
-- month_key. Runs in the caller's transaction.
CREATE PROCEDURE purge_day (IN in_day date)
COMMENT 'Remove what the warehouse holds of the days until in_day.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_date_key int DEFAULT cast(date_format(in_day, '%Y%m%d') AS signed);
    DECLARE v_month_key int DEFAULT cast(date_format(date_add(in_day, INTERVAL 1 DAY), '%Y%m01') AS signed) - 1;
    DECLARE v_table_name varchar(64);
    DECLARE v_column_name varchar(64);
    DECLARE v_is_done int DEFAULT 0;
    DECLARE dated_table CURSOR FOR
        SELECT
            columns.table_name,
            columns.column_name
        FROM information_schema.columns
        WHERE
            columns.table_schema = schema()
            AND (columns.table_name LIKE 'fact\_%' OR columns.table_name LIKE 'agg\_%')
            AND columns.table_name <> 'fact_subscription_event'
            AND columns.column_name IN ('date_key', 'month_key');
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_is_done = 1;

    INSERT INTO purged_customer (customer_key, last_play_date_key, last_valid_play_date_key)
    WITH boxed AS (
        SELECT
            fact_box_watch.customer_key,
            fact_box_watch.date_key,
            sum(fact_box_watch.watch_seconds) AS watch_seconds
        FROM fact_box_watch
        WHERE fact_box_watch.date_key <= v_date_key AND fact_box_watch.customer_key <> 0
        GROUP BY fact_box_watch.customer_key, fact_box_watch.date_key
    ),

    started AS (
        SELECT
            fact_watch.customer_key,
            fact_watch.date_key,
            fact_watch.valid_plays > 0 AS has_valid_play
        FROM fact_watch
        WHERE fact_watch.date_key <= v_date_key AND fact_watch.plays > 0
        UNION ALL
        SELECT
            boxed.customer_key,
            boxed.date_key,
            boxed.watch_seconds >= 30 AS has_valid_play
        FROM boxed
        WHERE boxed.watch_seconds > 0
    ),

    played AS (
        SELECT
            started.customer_key,
            max(started.date_key) AS last_play,
            max(if(started.has_valid_play, started.date_key, NULL)) AS last_valid_play
        FROM started
        GROUP BY started.customer_key
    )

    SELECT
        played.customer_key,
        played.last_play,
        played.last_valid_play
    FROM played
    ON DUPLICATE KEY UPDATE
        last_play_date_key = played.last_play,
        last_valid_play_date_key = coalesce(played.last_valid_play, purged_customer.last_valid_play_date_key);

    OPEN dated_table;
    purge_each: LOOP
        FETCH dated_table INTO v_table_name, v_column_name;
        IF v_is_done THEN
            LEAVE purge_each;
        END IF;
        -- Names are parameters of nothing, so the statement is put together; they come from our own tables.
        SET @svp_purge = concat('DELETE FROM `', v_table_name, '` WHERE `', v_column_name, '` BETWEEN 1 AND ?');
        SET @svp_until = if(v_column_name = 'month_key', v_month_key, v_date_key);
        PREPARE svp_purge FROM @svp_purge;
        EXECUTE svp_purge USING @svp_until;
        DEALLOCATE PREPARE svp_purge;
    END LOOP;
    CLOSE dated_table;

    DELETE FROM changed_day
    WHERE
        changed_day.date_key <= v_month_key
        OR (
            changed_day.date_key <= v_date_key
            AND changed_day.aggregate_name IN (
                SELECT aggregate_definition.aggregate_name
                FROM aggregate_definition
                INNER JOIN slice_kind ON aggregate_definition.slice = slice_kind.slice
                WHERE slice_kind.unit = 'day'
            )
        );
    DELETE FROM published_day
    WHERE published_day.date_key <= v_date_key;
END
