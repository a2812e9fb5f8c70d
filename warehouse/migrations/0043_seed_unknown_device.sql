REPLACE INTO dim_device (device_key, device_type) VALUES (0, 'Unknown')
