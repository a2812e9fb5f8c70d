-- device: what is watched on.
-- grain: one row per kind of device
SELECT
    dim_device.device_type,
    dim_device.device_key
FROM dim_device
