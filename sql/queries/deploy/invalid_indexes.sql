-- Indexes of an application that a killed or failed build left behind.
--   $1 application
select format('drop index concurrently if exists %I.%I', n.nspname, c.relname) as statement
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = torque.data_schema($1::uuid)
and c.relkind = 'i'
and not i.indisvalid
and not exists (select from pg_catalog.pg_inherits h where h.inhrelid = c.oid)
