CREATE TABLE IF NOT EXISTS slice_kind (
    slice varchar(8) NOT NULL COMMENT 'Name, as in aggregate_definition.slice',
    unit varchar(8) NOT NULL COMMENT 'day or month: what a row of the aggregate holds, and what is rebuilt at once',
    later_days int NULL COMMENT 'Days after the changed one whose slices it makes stale too; null for all that follow',
    PRIMARY KEY (slice)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per kind of slice: what of an aggregate a changed day makes stale'
