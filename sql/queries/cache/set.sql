-- Keeps a value for some time, and tells the servers.
--   $1 application   $2 key   $3 value   $4 for how many seconds   $5 what they are told
with kept as (
  insert into torque.kept_values as c (application_id, key, value, expires_at)
  values ($1, $2, $3::text::jsonb, now() + $4::bigint * interval '1 second')
  on conflict on constraint kept_values_pk do update set value = excluded.value, expires_at = excluded.expires_at
  returning c.key
)
select pg_notify('torque', $5)::text from kept
