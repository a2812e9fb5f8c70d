-- title: the catalogue.
-- grain: one row per title
SELECT
    dim_title.source,
    dim_title.content_id,
    dim_title.title,
    dim_title.content_type,
    dim_title.release_year,
    dim_title.maturity_rating,
    dim_title.language,
    dim_title.is_original,
    dim_title.ended_on,
    dim_title.category,
    dim_title.title_key,
    dim_title.category_key
FROM dim_title /*!80400 IGNORE INDEX FOR JOIN (PRIMARY) */ -- joined by a hash; MariaDB passes over it
