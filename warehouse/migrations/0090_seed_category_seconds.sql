-- Before all others, which read it. publish_day keeps it; what is left is a new category, of a title or an application.
REPLACE INTO aggregate_definition (aggregate_name, refresh_order, slice, changed_by_category, changed_by_first_day)
VALUES ('category_seconds', 0, 'day', 'Yes', 'No')
