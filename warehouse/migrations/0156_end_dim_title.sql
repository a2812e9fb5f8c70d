-- When titles left the catalogue.
ALTER TABLE dim_title
    ADD COLUMN ended_on date NULL COMMENT 'UTC day on which a full delivery no longer had the title; null for one that is there'
