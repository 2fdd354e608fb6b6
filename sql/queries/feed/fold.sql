-- Adds what writers counted to the totals.
--   {data_schema} the application's own schema
select {data_schema}.fold_counters()
