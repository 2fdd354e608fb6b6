-- A deployment that somebody works on.
--   $1 deployment
update torque.deployments
set state = 'running'
where id = $1::uuid
and state = 'planned'
