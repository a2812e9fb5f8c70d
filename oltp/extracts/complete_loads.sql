-- complete_loads: the completed loads; documents of any other load are not compared.
-- grain:  one row per load
-- params: none
SELECT load.load_id
FROM ops.load
WHERE load.state = 'complete'
