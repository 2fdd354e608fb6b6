-- A changed draft, if nobody else changed it since.
--   $1 model   $2 revision it was read at   $3 name   $4 description   $5 document   $6 JSON Schema of its entities
update torque.models
set
  name        = $3::text,
  description = $4::text,
  model_json  = $5::text::jsonb,
  schema_json = $6::text::jsonb,
  revision    = revision + 1,
  updated_at  = now()
where id = $1::uuid
and revision = $2::bigint
and deleted_at is null
returning revision
