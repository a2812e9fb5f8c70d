-- Children's before sport before television before relaxing before the two big content types.
REPLACE INTO category_rule (rule_order, content_type, genre, maturity_rating, category_key)
VALUES
(10, 'kids', NULL, NULL, 1),
(11, NULL, 'kids', NULL, 1),
(12, NULL, 'children', NULL, 1),
(13, NULL, 'family', NULL, 1),
(14, NULL, NULL, 'tv-y', 1),
(15, NULL, NULL, 'tv-y7', 1),
(16, NULL, NULL, 'tv-y7-fv', 1),
(20, 'sport', NULL, NULL, 4),
(21, NULL, 'sport', NULL, 4),
(22, NULL, 'sports', NULL, 4),
(30, 'live', NULL, NULL, 5),
(40, 'documentary', NULL, NULL, 3),
(41, NULL, 'documentary', NULL, 3),
(42, NULL, 'music', NULL, 3),
(43, NULL, 'reality', NULL, 3),
(44, NULL, 'lifestyle', NULL, 3),
(50, 'movie', NULL, NULL, 2),
(60, 'series', NULL, NULL, 5)
