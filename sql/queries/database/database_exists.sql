-- Whether this cluster has a database of that name.
--   $1 the name
select datname
from pg_catalog.pg_database
where datname = $1::text
