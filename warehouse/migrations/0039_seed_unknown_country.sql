REPLACE INTO dim_country (country_key, country) VALUES (0, 'Unknown')
