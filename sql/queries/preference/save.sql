-- Keeps a value for a caller under a name; no row comes back when the caller keeps too many.
--   $1 application   $2 caller   $3 name   $4 value   $5 the most that a caller keeps
with kept as (
  select count(*) filter (where p.name <> $3) as others
  from torque.preferences p
  where p.application_id = $1
    and p.caller_id = $2
)
insert into torque.preferences (application_id, caller_id, name, value)
select $1, $2, $3, $4
from kept
where kept.others < $5
on conflict (application_id, caller_id, name) do update
  set value = excluded.value, updated_at = now()
returning name
