-- The tables that a copy of the database must hold as they are, quoted.
--   no parameters
select format('%I.%I', space.nspname, entry.relname)
from pg_catalog.pg_class as entry
join pg_catalog.pg_namespace as space on space.oid = entry.relnamespace
join pg_catalog.pg_namespace as own on own.nspname = 'torque' and own.nspowner = space.nspowner
where entry.relkind = 'r'
  and entry.relpersistence = 'p'
order by 1
