-- country: where customers live.
-- grain: one row per country
SELECT
    dim_country.country,
    dim_country.country_key
-- MySQL joins by a hash, not by a look-up for each row of a mart; to MariaDB this is a comment.
FROM dim_country /*!80400 IGNORE INDEX FOR JOIN (PRIMARY) */
