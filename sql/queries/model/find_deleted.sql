-- A deleted model that was not purged yet, by its id or its name.
-- Of several with one name, the last.
--   $1 id or name
select m.id, m.name
from torque.models m
where m.deleted_at is not null
and (m.id::text = $1::text or m.name = $1::text)
order by m.id::text = $1::text desc, m.deleted_at desc
limit 1
