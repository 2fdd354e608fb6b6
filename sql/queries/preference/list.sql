-- What a caller keeps in an application under names that begin alike.
--   $1 application   $2 caller   $3 what the names begin with
select p.name,
       p.value
from torque.preferences p
where p.application_id = $1
  and p.caller_id = $2
  and starts_with(p.name, $3)
order by p.name
