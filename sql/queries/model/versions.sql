-- The published versions of a model, the newest first.
--   $1 model
select
  version,
  created_by,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at
from torque.model_versions
where model_id = $1::uuid
order by version desc
