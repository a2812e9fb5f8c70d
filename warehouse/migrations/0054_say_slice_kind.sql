ALTER TABLE aggregate_definition MODIFY COLUMN slice varchar(
    8
) NOT NULL COMMENT 'slice_kind.slice: what a changed day makes stale'
