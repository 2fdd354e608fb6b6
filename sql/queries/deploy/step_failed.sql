-- A step that cannot be done, and why.
--   $1 deployment   $2 ordinal   $3 error
update torque.deploy_steps
set
  state = 'failed',
  error = $3::text::jsonb
where deployment_id = $1::uuid
and ordinal = $2::integer
