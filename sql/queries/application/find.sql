-- One application, by its id or its slug.
--   $1 id or slug
select
  a.id,
  a.slug,
  a.name,
  a.status,
  a.model_id,
  m.name as model_name,
  a.model_version,
  m.version as latest_version,
  to_char(a.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at
from torque.applications a
join torque.models m on m.id = a.model_id
where a.deleted_at is null
and (a.id::text = $1::text or a.slug = $1::text)
