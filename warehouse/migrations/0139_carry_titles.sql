-- What reports show of a title, beside its figures: a join for each row costs more than reading the row.
ALTER TABLE agg_content_performance
    ADD COLUMN content_id varchar(255) NOT NULL DEFAULT '' COMMENT 'dim_title.content_id' AFTER stars,
    ADD COLUMN title varchar(500) NOT NULL DEFAULT '' COMMENT 'dim_title.title' AFTER content_id,
    ADD COLUMN content_type varchar(16) NOT NULL DEFAULT '' COMMENT 'dim_title.content_type' AFTER title,
    ADD COLUMN category_key int NOT NULL DEFAULT 0 COMMENT 'dim_title.category_key' AFTER content_type,
    ADD COLUMN watch_hours decimal(18, 4) GENERATED ALWAYS AS (
        cast(1.00000000 * watch_seconds / 3600 AS decimal(18, 4))
    ) STORED COMMENT 'watch_seconds as hours, which reports sum' AFTER category_key
