-- stage.sql: rows of one file on their way into oltp.devices, as the contract left them.
-- grain: one row per accepted row of the file
CREATE TEMPORARY TABLE stage (
    line bigint NOT NULL,
    device_id text,
    user_id text,
    device_type text,
    platform text,
    added_on date,
    quality_flags text
) ON COMMIT DROP;
