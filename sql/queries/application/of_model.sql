-- The first application that was made of a model.
--   $1 model
select slug
from torque.applications
where model_id = $1::uuid
and deleted_at is null
order by created_at, id
limit 1
