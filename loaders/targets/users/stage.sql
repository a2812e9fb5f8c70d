-- stage.sql: rows of one file on their way into oltp.users, as the contract left them.
-- grain: one row per accepted row of the file
CREATE TEMPORARY TABLE stage (
    line bigint NOT NULL,
    user_id text,
    full_name text,
    age smallint,
    country text,
    plan text,
    registered_on date,
    contract_code text,
    payment_method text,
    preferred_device text,
    is_active boolean,
    lifetime_watch_hours numeric,
    quality_flags text
) ON COMMIT DROP;
