-- A new API key with a caller of its own.
--   $1 name   $2 sha-256 of the key   $3 prefix shown in lists
--   $4 application or null for all   $5 permission   $6 seconds until it expires or null for never
with caller as (
  insert into torque.callers (kind, name)
  values ('key', $1)
  returning id
)
insert into torque.api_keys (caller_id, name, hash, prefix, application_id, permission, expires_at)
select caller.id, $1, $2, $3, $4, $5, now() + make_interval(secs => $6::float8)
from caller
returning id,
          to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as expires_at
