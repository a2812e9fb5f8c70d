-- country: where customers live.
-- grain: one row per country
SELECT
    dim_country.country,
    dim_country.country_key
FROM dim_country
