REPLACE INTO dim_subscription_event_type (event_type_key, event_type, state_after, price_effect)
VALUES
(0, 'Unknown', NULL, 'keeps'),
(1, 'trial', 'trial', 'begins'),
(2, 'start', 'paid', 'begins'),
(3, 'renewal', 'paid', 'replaces'),
(4, 'upgrade', NULL, 'adds'),
(5, 'downgrade', NULL, 'keeps'),
(6, 'payment_failed', NULL, 'keeps'),
(7, 'cancellation', 'ended', 'keeps'),
(8, 'return', 'paid', 'begins')
