-- show_churn_signals only reads now and logs nothing: an earlier call that failed would be told as its last one for good.
DELETE FROM refresh_log
WHERE procedure_name = 'show_churn_signals'
