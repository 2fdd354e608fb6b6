-- A new application of a model, with its schemas and its feed.
--   $1 slug   $2 name   $3 model   $4 config
select torque.create_application($1::text, $2::text, $3::uuid, $4::text::jsonb) as id
