-- As stg_watch.
ALTER TABLE stg_hour COMMENT = 'Staging, in memory: rows of fact_hour, in the order of its key', ENGINE = memory
