-- mark_changed_sign_ups: marks on what depends on customers who are about to be new, or to have signed up on another day.
-- Runs in the caller's transaction, before the new days are written.
CREATE PROCEDURE mark_changed_sign_ups ()
COMMENT 'Mark the slices that the staged days of sign-up make stale.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    CALL mark_sign_ups((
        SELECT
            min(
                least(
                    coalesce(dim_customer.registered_on, stg_customer.registered_on),
                    coalesce(stg_customer.registered_on, dim_customer.registered_on)
                )
            )
        FROM stg_customer
        LEFT JOIN dim_customer
            ON
                stg_customer.source = dim_customer.source
                AND stg_customer.customer_code = dim_customer.customer_code
        WHERE NOT dim_customer.registered_on <=> stg_customer.registered_on
    ));
END
