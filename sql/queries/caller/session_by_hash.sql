-- Who a sign-in session belongs to, and what it allows, if it counts now.
--   $1 sha-256 of the cookie's value
select c.id as caller_id,
       c.name,
       s.application_id,
       s.permission,
       extract(epoch from s.expires_at - clock_timestamp())::float8 as seconds_left
from torque.sign_in_sessions s
join torque.callers c on c.id = s.caller_id
where s.hash = $1
  and s.revoked_at is null
  and s.expires_at > clock_timestamp()
  and c.disabled_at is null
