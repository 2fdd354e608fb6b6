-- What the connected login may do, and whether Torque is installed here.
--   no parameters
select
  current_user::text as name,
  r.rolsuper or r.rolcreaterole as is_privileged,
  current_database()::text as database_name,
  to_regclass('torque.installation') is not null as is_installed
from pg_catalog.pg_roles as r
where r.rolname = current_user
