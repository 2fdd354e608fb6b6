-- Keeps a draft as it is while it is published.
--   $1 model   $2 revision it was read at
select version
from torque.models
where id = $1::uuid
and revision = $2::bigint
and deleted_at is null
for update
