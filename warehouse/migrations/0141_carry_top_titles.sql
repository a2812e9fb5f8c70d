ALTER TABLE agg_region_hour
    ADD COLUMN top_content_id varchar(255) NOT NULL DEFAULT '' COMMENT 'dim_title.content_id of that title' AFTER top_title_key,
    ADD COLUMN top_title varchar(500) NOT NULL DEFAULT '' COMMENT 'dim_title.title of that title' AFTER top_content_id,
    ADD COLUMN watch_hours decimal(18, 4) GENERATED ALWAYS AS (
        cast(1.00000000 * watch_seconds / 3600 AS decimal(18, 4))
    ) STORED COMMENT 'watch_seconds as hours, which reports sum' AFTER top_title
