-- segment: customers by their active days in a month.
-- grain: one row per segment
SELECT
    dim_segment.segment,
    dim_segment.from_active_days,
    dim_segment.to_active_days,
    dim_segment.segment_key
-- MySQL joins by a hash, not by a look-up for each row of a mart; to MariaDB this is a comment.
FROM dim_segment /*!80400 IGNORE INDEX FOR JOIN (PRIMARY) */
