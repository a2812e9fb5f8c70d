-- Staged by natural keys until now; the export brings the warehouse's own.
DROP TABLE IF EXISTS stg_box_watch
