-- Ends an API key and every sign-in session that was made with it.
--   $1 the key's id, or its prefix
with gone as (
  update torque.api_keys
  set revoked_at = coalesce(revoked_at, now())
  where id::text = $1
     or prefix = $1
  returning id, caller_id, name, prefix, revoked_at
), ended as (
  update torque.sign_in_sessions s
  set revoked_at = now()
  from gone
  where s.caller_id = gone.caller_id
    and s.revoked_at is null
)
select id,
       name,
       prefix,
       to_char(revoked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as revoked_at
from gone
