-- The customer that each user is; and users come over to the warehouse once more, with it.
CREATE VIEW oltp.user_customer AS
WITH linked AS (
    SELECT
        users.user_key,
        users.source,
        users.user_id,
        CASE
            WHEN
                users.contract_code !~ '^(0+|[0-9]{1,3}(\.[0-9]{1,3}){3})$' AND char_length(users.contract_code) <= 255
                THEN users.contract_code
        END AS contract_code
    FROM oltp.users
)

SELECT
    linked.user_key,
    CASE WHEN linked.contract_code IS NULL THEN linked.source ELSE 'set-top box' END AS customer_source,
    coalesce(linked.contract_code, linked.user_id) AS customer_code
FROM linked;

COMMENT ON VIEW oltp.user_customer IS
'One row per user: natural key of the customer, which is the contract that the user carries, else the user';
COMMENT ON COLUMN oltp.user_customer.user_key IS 'oltp.users';
COMMENT ON COLUMN oltp.user_customer.customer_source IS
'set-top box for a contract, which no source can be named; else the source of the user';
COMMENT ON COLUMN oltp.user_customer.customer_code IS
'The contract, compared by bytes; else the source''s id of the user';

UPDATE ops.mark
SET
    version = nextval('ops.version'),
    changed_at = clock_timestamp()
WHERE mark = 'users';
