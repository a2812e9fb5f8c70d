-- segment: customers by their active days in a month.
-- grain: one row per segment
SELECT
    dim_segment.segment,
    dim_segment.from_active_days,
    dim_segment.to_active_days,
    dim_segment.segment_key
FROM dim_segment
