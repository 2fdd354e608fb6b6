-- A deployment and how far it is.
--   $1 deployment
select
  d.id,
  d.application_id,
  d.version,
  d.state,
  d.error::text as error,
  (select count(*) from torque.deploy_steps s where s.deployment_id = d.id and s.state = 'done') as done,
  (select count(*) from torque.deploy_steps s where s.deployment_id = d.id) as steps
from torque.deployments d
where d.id = $1::uuid
