-- Removes feed steps, match steps and forgotten keys that nothing needs any more.
--   {data_schema} the application's own schema
select {data_schema}.prune()
