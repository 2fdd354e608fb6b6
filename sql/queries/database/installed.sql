-- What has been applied to this database, and by which release.
-- A clone or a restored database has the objects, not the rights: may its owner still make schemas?
--   no parameters
select
  (select coalesce(array_agg(m.version::int order by m.version), '{}') from torque.migrations as m) as applied,
  (select i.logic_digest from torque.installation as i) as logic_digest,
  (select i.release from torque.installation as i) as release,
  exists (
    select
    from pg_catalog.pg_roles as r
    where r.rolname = (select i.role_prefix from torque.installation as i) || '_owner'
      and has_database_privilege(r.oid, current_database(), 'create')
  ) as owner_may_create
