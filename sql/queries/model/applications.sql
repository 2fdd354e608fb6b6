-- The applications that run a model.
--   $1 model
select id, slug
from torque.applications
where model_id = $1::uuid
and deleted_at is null
order by slug
