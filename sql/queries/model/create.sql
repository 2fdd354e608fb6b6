-- A new model with its first draft.
--   $1 name   $2 description   $3 document   $4 JSON Schema of its entities
insert into torque.models (name, description, model_json, schema_json)
values ($1::text, $2::text, $3::text::jsonb, $4::text::jsonb)
returning id
