REPLACE INTO dim_application (application_key, application, category_key) VALUES (0, 'Unknown', 0)
