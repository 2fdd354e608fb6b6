-- A published version's document.
--   $1 model   $2 version
select model_json::text as document
from torque.model_versions
where model_id = $1::uuid
and version = $2::integer
