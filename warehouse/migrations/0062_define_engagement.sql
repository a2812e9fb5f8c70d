REPLACE INTO aggregate_definition (aggregate_name, refresh_order, slice, changed_by_category, changed_by_first_day)
VALUES
('genre_engagement', 5, 'day', 'No', 'No'),
('format_engagement', 6, 'day', 'No', 'No')
