-- migration_table.sql: where applied migrations are recorded; safe to repeat.
CREATE SCHEMA IF NOT EXISTS ops;
CREATE TABLE IF NOT EXISTS ops.schema_migration (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE ops.schema_migration IS 'One row per applied migration';
COMMENT ON COLUMN ops.schema_migration.number IS 'Number of the file';
COMMENT ON COLUMN ops.schema_migration.name IS 'Name of the file';
COMMENT ON COLUMN ops.schema_migration.checksum IS 'SHA-256 of the file when it was applied';
COMMENT ON COLUMN ops.schema_migration.applied_at IS 'When it was applied';
