-- forget_first_days: first active days that the facts can tell; what was before the first published day stays.
-- grain:  one row per customer who was ever active
-- params: none
DELETE FROM customer_first_day
WHERE customer_first_day.first_date_key >= (SELECT min(published_day.date_key) FROM published_day)
