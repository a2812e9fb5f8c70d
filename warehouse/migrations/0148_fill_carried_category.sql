UPDATE dim_title, dim_category
SET dim_title.category = dim_category.category
WHERE dim_title.category_key = dim_category.category_key
