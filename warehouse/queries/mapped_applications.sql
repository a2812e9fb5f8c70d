-- mapped_applications: the mapping of applications that is in force.
-- grain:  one row per application
-- params: none
SELECT
    application_category.application,
    dim_category.category
FROM application_category
INNER JOIN dim_category ON application_category.category_key = dim_category.category_key
ORDER BY application_category.application
