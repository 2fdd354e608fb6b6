-- Ends one sign-in session; answers whose it was and where.
--   $1 sha-256 of the cookie's value
update torque.sign_in_sessions s
set revoked_at = now()
from torque.callers c
where s.hash = $1
  and s.revoked_at is null
  and c.id = s.caller_id
returning c.name as caller, s.application_id
