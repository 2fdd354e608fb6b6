-- Matches sequenced changes with triggers; answers how many changes were looked at.
--   {data_schema} the application's own schema   $1 the most changes to look at
select {data_schema}.match_triggers($1) as matched
