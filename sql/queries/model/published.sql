-- A model whose latest version is this one.
-- The draft now carries the storage keys that publishing gave out.
--   $1 model   $2 version   $3 document   $4 JSON Schema of its entities
update torque.models
set
  version     = $2::integer,
  model_json  = $3::text::jsonb,
  schema_json = $4::text::jsonb,
  revision    = revision + 1,
  updated_at  = now()
where id = $1::uuid
returning revision
