-- countries: those that customers live in, in the order of their names.
-- grain: one row per country
-- params: none
SELECT country.country
FROM country
ORDER BY country.country
