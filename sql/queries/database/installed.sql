-- What has been applied to this database, and by which release.
--   no parameters
select
  (select coalesce(array_agg(m.version::int order by m.version), '{}') from torque.migrations as m) as applied,
  (select i.logic_digest from torque.installation as i) as logic_digest,
  (select i.release from torque.installation as i) as release
