-- Gives committed changes their positions; answers how many.
--   {data_schema} the application's own schema   $1 the most rows to take
select {data_schema}.sequence_changes($1) as taken
