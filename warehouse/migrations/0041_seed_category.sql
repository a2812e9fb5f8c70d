REPLACE INTO dim_category (category_key, category)
VALUES (0, 'Unknown'), (1, 'Child'), (2, 'Movie'), (3, 'Relax'), (4, 'Sport'), (5, 'TV')
