REPLACE INTO dim_genre (genre_key, genre) VALUES (0, 'Unknown')
