-- Forgets what is kept under a key, and tells the servers; no row where nothing was kept any more.
--   $1 application   $2 key   $3 what they are told
with gone as (
  delete from torque.kept_values c where c.application_id = $1 and c.key = $2
  returning c.expires_at
)
select pg_notify('torque', $3)::text from gone where expires_at > now()
