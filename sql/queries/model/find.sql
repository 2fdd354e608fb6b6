-- The draft of one live model, by its id or its name.
--   $1 id or name
select
  m.id,
  m.name,
  m.description,
  m.version,
  m.revision,
  (select count(*) from torque.applications a where a.model_id = m.id and a.deleted_at is null) as applications,
  to_char(m.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at,
  to_char(m.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as updated_at,
  m.model_json::text as document
from torque.models m
where m.deleted_at is null
and (m.id::text = $1::text or m.name = $1::text)
order by m.id::text = $1::text desc
limit 1
