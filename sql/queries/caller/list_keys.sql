-- Every API key that was made, newest first; never the key itself, which nobody knows.
--   $1 application, or null for all
select k.id,
       k.name,
       k.prefix,
       a.slug as application,
       k.permission,
       case
         when k.revoked_at is not null then 'revoked'
         when k.expires_at <= now() then 'expired'
         else 'active'
       end as state,
       to_char(k.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at,
       to_char(k.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as expires_at,
       to_char(k.last_used_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as last_used_at,
       to_char(k.revoked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as revoked_at
from torque.api_keys k
left join torque.applications a on a.id = k.application_id
where $1::uuid is null
   or k.application_id = $1
order by k.created_at desc, k.id
limit 1000
