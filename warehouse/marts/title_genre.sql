-- title_genre: bridge; a title of three genres is in three rows, so no total is taken over it.
-- grain: one row per title and genre
SELECT
    bridge_title_genre.title_key,
    bridge_title_genre.genre_key
FROM bridge_title_genre
