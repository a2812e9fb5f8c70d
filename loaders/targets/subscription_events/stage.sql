-- stage.sql: rows of one file on their way into oltp.subscription_events, as the contract left them.
-- grain: one row per accepted row of the file
CREATE TEMPORARY TABLE stage (
    line bigint NOT NULL,
    subscription_event_id text,
    user_id text,
    event_type text,
    previous_plan text,
    new_plan text,
    amount_minor bigint,
    currency text,
    occurred_at timestamptz,
    quality_flags text
) ON COMMIT DROP;
