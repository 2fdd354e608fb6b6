-- What is kept under a key of an application, and for how many milliseconds more.
--   $1 application   $2 key
select c.value, (extract(epoch from c.expires_at - now()) * 1000)::bigint as milliseconds
from torque.kept_values c
where c.application_id = $1 and c.key = $2 and c.expires_at > now()
