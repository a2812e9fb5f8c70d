-- summarise_customers: customers of agg_customer_month by segment, by taste, and by both, of a range of months. Who
-- watched nothing has the taste ''. Runs in the caller's transaction.
CREATE PROCEDURE summarise_customers (IN in_from_key int, IN in_to_key int)
COMMENT 'Replace the months from in_from_key to in_to_key of the summaries of customers.'
SQL SECURITY INVOKER
MODIFIES SQL DATA
BEGIN
    DELETE FROM agg_taste_segment WHERE agg_taste_segment.month_key BETWEEN in_from_key AND in_to_key;
    INSERT INTO agg_taste_segment (month_key, taste, segment_key, tv_only, customers, total_seconds)
    SELECT
        agg_customer_month.month_key,
        coalesce(agg_customer_month.taste, ''),
        agg_customer_month.segment_key,
        max(if(agg_customer_month.taste = 'TV', 'Yes', 'No')),
        count(*),
        sum(agg_customer_month.total_seconds)
    FROM agg_customer_month
    WHERE agg_customer_month.month_key BETWEEN in_from_key AND in_to_key
    GROUP BY agg_customer_month.month_key, coalesce(agg_customer_month.taste, ''), agg_customer_month.segment_key;

    DELETE FROM agg_segment_summary WHERE agg_segment_summary.month_key BETWEEN in_from_key AND in_to_key;
    INSERT INTO agg_segment_summary (month_key, segment_key, customers, customers_of_month, total_seconds)
    SELECT
        agg_taste_segment.month_key,
        agg_taste_segment.segment_key,
        sum(agg_taste_segment.customers),
        sum(sum(agg_taste_segment.customers)) OVER (PARTITION BY agg_taste_segment.month_key),
        sum(agg_taste_segment.total_seconds)
    FROM agg_taste_segment
    WHERE agg_taste_segment.month_key BETWEEN in_from_key AND in_to_key
    GROUP BY agg_taste_segment.month_key, agg_taste_segment.segment_key;

    DELETE FROM agg_taste_summary WHERE agg_taste_summary.month_key BETWEEN in_from_key AND in_to_key;
    INSERT INTO agg_taste_summary (month_key, taste, customers, customers_of_month, total_seconds)
    SELECT
        agg_taste_segment.month_key,
        agg_taste_segment.taste,
        sum(agg_taste_segment.customers),
        sum(sum(agg_taste_segment.customers)) OVER (PARTITION BY agg_taste_segment.month_key),
        sum(agg_taste_segment.total_seconds)
    FROM agg_taste_segment
    WHERE agg_taste_segment.month_key BETWEEN in_from_key AND in_to_key
    GROUP BY agg_taste_segment.month_key, agg_taste_segment.taste;
END
