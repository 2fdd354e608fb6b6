-- Whether the server's login may do more than it should (a superuser, one that
-- bypasses row security, or an owner of Torque's tables).
--   no parameters
select
  current_user::text as name,
  r.rolsuper as is_superuser,
  r.rolbypassrls as bypasses_row_security,
  exists (
    select
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = 'torque'
      and pg_catalog.pg_has_role(current_user, c.relowner, 'member')
  ) as owns_tables
from pg_catalog.pg_roles as r
where r.rolname = current_user
