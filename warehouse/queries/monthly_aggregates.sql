-- monthly_aggregates: aggregates that are rebuilt by the month.
-- grain:  one row per aggregate
-- params: none
SELECT aggregate_definition.aggregate_name
FROM aggregate_definition
INNER JOIN slice_kind ON aggregate_definition.slice = slice_kind.slice
WHERE slice_kind.unit = 'month'
