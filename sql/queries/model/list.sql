-- Every live model with its latest version and how many applications run it.
select
  m.id,
  m.name,
  m.description,
  m.version,
  m.revision,
  (select count(*) from torque.applications a where a.model_id = m.id and a.deleted_at is null) as applications,
  to_char(m.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at,
  to_char(m.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as updated_at
from torque.models m
where m.deleted_at is null
order by m.name
