-- What a load into an empty table takes off for as long as its rows come.
CREATE TABLE ops.suspended (
    suspended_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    definition text NOT NULL
);
COMMENT ON TABLE ops.suspended IS
'Foreign keys and indexes that are off while a load fills an empty table, one row each; an ingest makes what a killed one left';
COMMENT ON COLUMN ops.suspended.suspended_id IS 'Key; they are made again in its order';
COMMENT ON COLUMN ops.suspended.definition IS 'The statement that makes it again, and validates it';
