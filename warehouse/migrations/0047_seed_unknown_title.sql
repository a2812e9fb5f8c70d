REPLACE INTO dim_title (title_key, source, content_id, title, content_type, category_key)
VALUES (0, 'Unknown', 'Unknown', 'Unknown', 'Unknown', 0)
