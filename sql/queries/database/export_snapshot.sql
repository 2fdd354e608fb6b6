-- A name by which pg_dump sees exactly what this transaction sees.
--   no parameters
select pg_catalog.pg_export_snapshot()
