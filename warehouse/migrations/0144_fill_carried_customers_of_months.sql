UPDATE agg_customer_month, dim_customer, dim_segment
SET
    agg_customer_month.customer_code = dim_customer.customer_code,
    agg_customer_month.country_key = dim_customer.country_key,
    agg_customer_month.segment = dim_segment.segment
WHERE
    agg_customer_month.customer_key = dim_customer.customer_key
    AND agg_customer_month.segment_key = dim_segment.segment_key
