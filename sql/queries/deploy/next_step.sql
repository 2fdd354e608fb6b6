-- The first step of a deployment that is not done.
--   $1 deployment
select
  s.ordinal,
  s.phase,
  s.title,
  s.statement,
  s.in_transaction,
  (select count(*) from torque.deploy_steps every where every.deployment_id = $1::uuid) as steps
from torque.deploy_steps s
where s.deployment_id = $1::uuid
and s.state <> 'done'
order by s.ordinal
limit 1
