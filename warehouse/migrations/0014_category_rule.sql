CREATE TABLE IF NOT EXISTS category_rule (
    rule_order int NOT NULL COMMENT 'Rules are tried in this order; the first that matches wins',
    content_type varchar(16) NULL COMMENT 'Matches titles of this type; null for any',
    genre varchar(100) NULL COMMENT 'Matches titles that have this genre, in lower case; null for any',
    maturity_rating varchar(32) NULL COMMENT 'Matches titles of this age rating, in lower case; null for any',
    category_key int NOT NULL COMMENT 'dim_category.category_key that the title gets',
    PRIMARY KEY (rule_order)
) ENGINE
= InnoDB DEFAULT CHARSET
= utf8mb4 COLLATE
= utf8mb4_bin COMMENT
= 'One row per rule that gives a title its category; a title that none matches stays Unknown'
