-- genre: what a title is about; a title may have several, by title_genre.
-- grain: one row per genre
SELECT
    dim_genre.genre,
    dim_genre.genre_key
FROM dim_genre
