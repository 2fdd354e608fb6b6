-- Lets someone who is signed in to the server continue in one application.
-- What they may do there is write at most, whatever they may do to the server.
--   $1 sha-256 of the session that is held   $2 sha-256 of the new session's secret
--   $3 the application   $4 seconds the session lasts
with held as (
  select s.caller_id, s.permission, s.expires_at
  from torque.sign_in_sessions s
  join torque.callers c on c.id = s.caller_id
  where s.hash = $1
    and s.application_id is null
    and s.revoked_at is null
    and s.expires_at > now()
    and c.disabled_at is null
), session as (
  insert into torque.sign_in_sessions (hash, caller_id, application_id, permission, expires_at)
  select $2,
         held.caller_id,
         $3,
         case held.permission when 'admin' then 'write' else held.permission end,
         least(held.expires_at, now() + make_interval(secs => $4::float8))
  from held
  returning caller_id, application_id, permission, expires_at
)
select session.application_id,
       a.slug as application,
       session.permission,
       (select c.name from torque.callers c where c.id = session.caller_id) as caller,
       extract(epoch from session.expires_at - now())::float8 as seconds_left
from session
join torque.applications a on a.id = session.application_id
