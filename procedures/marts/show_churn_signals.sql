-- show_churn_signals: the procedure of that name in the warehouse, for who may read the marts and nothing else. It keeps
-- nothing, so there is nothing that the owner's rights could spoil.
CREATE PROCEDURE svp_mart.show_churn_signals (IN in_as_of date)
COMMENT 'Return the churn signals of every customer as of a day.'
SQL SECURITY DEFINER
READS SQL DATA
BEGIN
    CALL svp_warehouse.show_churn_signals(in_as_of);
END
