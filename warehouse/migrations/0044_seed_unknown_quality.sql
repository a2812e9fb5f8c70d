REPLACE INTO dim_quality (quality_key, quality) VALUES (0, 'Unknown')
