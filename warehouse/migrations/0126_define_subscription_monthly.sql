REPLACE INTO aggregate_definition (aggregate_name, refresh_order, slice, changed_by_category, changed_by_first_day)
VALUES ('subscription_monthly', 9, 'onward', 'No', 'No')
