-- Turns an API key into a sign-in session that ends with the key at the latest.
--   $1 sha-256 of the key   $2 sha-256 of the session's secret   $3 seconds the session lasts
--   $4 the application wished for, or null; a credential of one application stays with its own
-- Asked for one application, a credential for everything becomes one that may write there at most.
with key as (
  select k.caller_id, k.application_id, k.permission, k.expires_at
  from torque.api_keys k
  join torque.callers c on c.id = k.caller_id
  where k.hash = $1
    and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > now())
    and c.disabled_at is null
), session as (
  insert into torque.sign_in_sessions (hash, caller_id, application_id, permission, expires_at)
  select $2,
         key.caller_id,
         coalesce(key.application_id, $4::uuid),
         case
           when key.application_id is null and $4::uuid is not null and key.permission = 'admin' then 'write'
           else key.permission
         end,
         least(key.expires_at, now() + make_interval(secs => $3::float8))
  from key
  returning caller_id, application_id, permission, expires_at
)
select session.application_id,
       a.slug as application,
       session.permission,
       (select c.name from torque.callers c where c.id = session.caller_id) as caller,
       extract(epoch from session.expires_at - now())::float8 as seconds_left
from session
left join torque.applications a on a.id = session.application_id
