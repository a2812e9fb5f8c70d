-- title_rules: the rules for titles that are in force, in their order.
-- grain:  one row per rule
-- params: none
SELECT
    category_rule.content_type,
    category_rule.genre,
    category_rule.maturity_rating,
    dim_category.category
FROM category_rule
INNER JOIN dim_category ON category_rule.category_key = dim_category.category_key
ORDER BY category_rule.rule_order
