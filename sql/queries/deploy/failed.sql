-- Why a deployment is being taken back.
--   $1 deployment   $2 error
update torque.deployments
set error = $2::text::jsonb
where id = $1::uuid
and state in ('planned', 'running')
