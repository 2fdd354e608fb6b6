-- A version, frozen.
--   $1 model   $2 version   $3 document   $4 JSON Schema of its entities   $5 who published it
insert into torque.model_versions (model_id, version, model_json, schema_json, created_by)
values ($1::uuid, $2::integer, $3::text::jsonb, $4::text::jsonb, $5::text)
