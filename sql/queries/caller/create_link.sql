-- A one-time link that signs a person in.
--   $1 sha-256 of the link's secret   $2 the person's name
--   $3 application or null for all   $4 permission   $5 seconds until it expires
with caller as (
  insert into torque.callers (kind, name)
  values ('user', $2)
  returning id
)
insert into torque.sign_in_links (hash, kind, caller_id, application_id, permission, expires_at)
select $1, 'sign_in', caller.id, $3, $4, now() + make_interval(secs => $5::float8)
from caller
returning to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as expires_at
