-- category: what is watched; from key 1 in the order that breaks ties.
-- grain: one row per category
SELECT
    dim_category.category,
    dim_category.category_key
-- MySQL joins by a hash, not by a look-up for each row of a mart; to MariaDB this is a comment.
FROM dim_category /*!80400 IGNORE INDEX FOR JOIN (PRIMARY) */
