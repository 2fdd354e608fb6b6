-- The setup link of a server nobody administers yet; an earlier unused one stops working.
--   $1 sha-256 of the link's secret   $2 seconds until it expires
-- Makes nothing once somebody became administrator, by link or by key.
with outdated as (
  delete from torque.sign_in_links
  where kind = 'setup'
    and used_at is null
)
insert into torque.sign_in_links (hash, kind, permission, expires_at)
select $1, 'setup', 'admin', now() + make_interval(secs => $2::float8)
where not exists (
  select from torque.sign_in_sessions s
  where s.application_id is null
    and s.permission = 'admin'
)
returning expires_at
