-- forget_sign_ups: customers whom no user is any more, because those carry a contract now, signed up on no day: the
-- contract did. Runs in the caller's transaction, after link_users.
CREATE PROCEDURE forget_sign_ups ()
COMMENT 'Take the day of sign-up from customers whom no user is any more; mark what depends on it.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    CALL mark_sign_ups((
        SELECT min(dim_customer.registered_on)
        FROM dim_customer
        LEFT JOIN customer_user ON dim_customer.customer_key = customer_user.customer_key
        WHERE customer_user.customer_key IS NULL
    ));

    UPDATE dim_customer
    SET dim_customer.registered_on = NULL
    WHERE
        dim_customer.registered_on IS NOT NULL
        AND NOT EXISTS (
            SELECT 1 FROM customer_user
            WHERE customer_user.customer_key = dim_customer.customer_key
        );
END
