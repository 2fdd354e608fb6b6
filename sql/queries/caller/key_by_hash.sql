-- Who an API key belongs to, and what it allows, if it counts now.
--   $1 sha-256 of the key
-- The time left is told by the database's clock, so that servers need not agree on theirs.
select k.id as key_id,
       c.id as caller_id,
       c.name,
       k.application_id,
       k.permission,
       extract(epoch from k.expires_at - clock_timestamp())::float8 as seconds_left
from torque.api_keys k
join torque.callers c on c.id = k.caller_id
where k.hash = $1
  and k.revoked_at is null
  and (k.expires_at is null or k.expires_at > clock_timestamp())
  and c.disabled_at is null
