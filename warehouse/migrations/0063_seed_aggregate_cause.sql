REPLACE INTO aggregate_cause (aggregate_name, cause)
VALUES
('genre_engagement', 'title'),
('format_engagement', 'title')
