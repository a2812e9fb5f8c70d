-- title_genres: the genres of every title of completed loads, for stg_title_genre.
-- grain:  one row per title and genre
-- params: none
SELECT
    content.source,
    content.content_id,
    left(genres.genre, 100) AS genre
FROM oltp.content
INNER JOIN ops.load ON content.load_id = load.load_id
INNER JOIN oltp.content_genres ON content.content_key = content_genres.content_key
INNER JOIN oltp.genres ON content_genres.genre_key = genres.genre_key
WHERE load.state = 'complete'
