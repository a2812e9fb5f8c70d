REPLACE INTO dim_watch_source (watch_source_key, watch_source)
VALUES (0, 'Unknown'), (1, 'App'), (2, 'Set-top box')
