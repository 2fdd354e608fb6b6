-- Ends one sign-in session.
--   $1 sha-256 of the cookie's value
update torque.sign_in_sessions
set revoked_at = now()
where hash = $1
  and revoked_at is null
