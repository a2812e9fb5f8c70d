-- publish_titles: dim_title, dim_genre and their bridge from stg_title and stg_title_genre, which hold every
-- title; only rows that differ are written. Then titles are classified, which marks what depends on their category.
CREATE PROCEDURE publish_titles (IN in_version bigint)
COMMENT 'Bring dim_title and its genres up to a version of ops.mark titles; safe to repeat.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DECLARE v_refresh_id int;
    DECLARE v_row_count bigint;
    DECLARE v_sql_state char(5);
    DECLARE v_message text;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_sql_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT;
        ROLLBACK;
        CALL fail_refresh(v_refresh_id, v_sql_state, v_message);
        RESIGNAL;
    END;

    CALL begin_refresh('publish_titles', NULL, NULL, v_refresh_id);
    IF in_version IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'publish_titles: no version was given';
    END IF;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;

    CALL mark_changed_titles();
    CALL carry_titles();

    UPDATE dim_title, stg_title
    SET
        dim_title.title = stg_title.title,
        dim_title.content_type = stg_title.content_type,
        dim_title.release_year = stg_title.release_year,
        dim_title.maturity_rating = stg_title.maturity_rating,
        dim_title.language = stg_title.language,
        dim_title.is_original = stg_title.is_original,
        dim_title.ended_on = stg_title.ended_on
    WHERE dim_title.source = stg_title.source AND dim_title.content_id = stg_title.content_id;
    SET v_row_count = row_count();

    INSERT INTO dim_title (
        source, content_id, title, content_type, release_year, maturity_rating, language, is_original, ended_on, category_key
    )
    SELECT
        stg_title.source,
        stg_title.content_id,
        stg_title.title,
        stg_title.content_type,
        stg_title.release_year,
        stg_title.maturity_rating,
        stg_title.language,
        stg_title.is_original,
        stg_title.ended_on,
        0
    FROM stg_title
    LEFT JOIN dim_title
        ON
            stg_title.source = dim_title.source
            AND stg_title.content_id = dim_title.content_id
    WHERE dim_title.title_key IS NULL
    ORDER BY stg_title.source, stg_title.content_id;
    SET v_row_count = v_row_count + row_count();

    INSERT INTO dim_genre (genre)
    SELECT DISTINCT stg_title_genre.genre
    FROM stg_title_genre
    LEFT JOIN dim_genre ON stg_title_genre.genre = dim_genre.genre
    WHERE dim_genre.genre_key IS NULL;

    DELETE bridge_title_genre
    FROM bridge_title_genre
    INNER JOIN dim_title ON bridge_title_genre.title_key = dim_title.title_key
    INNER JOIN dim_genre ON bridge_title_genre.genre_key = dim_genre.genre_key
    INNER JOIN stg_title
        ON
            dim_title.source = stg_title.source
            AND dim_title.content_id = stg_title.content_id
    LEFT JOIN stg_title_genre
        ON
            dim_title.source = stg_title_genre.source
            AND dim_title.content_id = stg_title_genre.content_id
            AND dim_genre.genre = stg_title_genre.genre
    WHERE stg_title_genre.genre IS NULL;
    SET v_row_count = v_row_count + row_count();

    INSERT INTO bridge_title_genre (title_key, genre_key)
    SELECT DISTINCT
        dim_title.title_key,
        dim_genre.genre_key
    FROM stg_title_genre
    INNER JOIN dim_title
        ON
            stg_title_genre.source = dim_title.source
            AND stg_title_genre.content_id = dim_title.content_id
    INNER JOIN dim_genre ON stg_title_genre.genre = dim_genre.genre
    LEFT JOIN bridge_title_genre
        ON
            dim_title.title_key = bridge_title_genre.title_key
            AND dim_genre.genre_key = bridge_title_genre.genre_key
    WHERE bridge_title_genre.title_key IS NULL;
    SET v_row_count = v_row_count + row_count();

    CALL classify_titles();

    REPLACE INTO published_mark (mark, version, published_at) VALUES ('titles', in_version, utc_timestamp(6));

    COMMIT;
    CALL end_refresh(v_refresh_id, v_row_count);
END
