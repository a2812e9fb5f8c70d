-- category: what is watched; from key 1 in the order that breaks ties.
-- grain: one row per category
SELECT
    dim_category.category,
    dim_category.category_key
FROM dim_category /*!80400 IGNORE INDEX FOR JOIN (PRIMARY) */ -- joined by a hash; MariaDB passes over it
