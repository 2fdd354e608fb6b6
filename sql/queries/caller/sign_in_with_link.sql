-- Turns a one-time link into a sign-in session.
-- The update's row lock makes a second use, however close, find the link used.
--   $1 sha-256 of the link's secret   $2 sha-256 of the session's   $3 seconds the session lasts
--   $4 the application wished for, or null; a credential of one application stays with its own
-- A caller that is made here is not visible to the statement that makes it, but its name is known.
-- Asked for one application, a credential for everything becomes one that may write there at most.
with link as (
  update torque.sign_in_links
  set used_at = now()
  where hash = $1
    and used_at is null
    and expires_at > now()
  returning caller_id, application_id, permission, case when kind <> 'setup' then $4::uuid end as wished
), administrator as (
  insert into torque.callers (kind, name)
  select 'user', 'administrator'
  from link
  where link.caller_id is null
  returning id
), session as (
  insert into torque.sign_in_sessions (hash, caller_id, application_id, permission, expires_at)
  select $2,
         coalesce(link.caller_id, administrator.id),
         coalesce(link.application_id, link.wished),
         case
           when link.application_id is null and link.wished is not null and link.permission = 'admin' then 'write'
           else link.permission
         end,
         now() + make_interval(secs => $3::float8)
  from link
  left join administrator on true
  returning caller_id, application_id, permission, expires_at
)
select session.application_id,
       a.slug as application,
       session.permission,
       coalesce((select c.name from torque.callers c where c.id = session.caller_id), 'administrator') as caller,
       extract(epoch from session.expires_at - now())::float8 as seconds_left
from session
left join torque.applications a on a.id = session.application_id
