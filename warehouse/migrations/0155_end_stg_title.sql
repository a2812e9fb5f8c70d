-- When titles left the catalogue, on their way.
ALTER TABLE stg_title
    ADD COLUMN ended_on date NULL COMMENT 'Day on which a full delivery no longer had it'
