-- The latest deployments of an application, the newest first.
--   $1 application   $2 how many
select
  d.id,
  d.application_id,
  d.version,
  d.state,
  d.error::text as error,
  (select count(*) from torque.deploy_steps s where s.deployment_id = d.id and s.state = 'done') as done,
  (select count(*) from torque.deploy_steps s where s.deployment_id = d.id) as steps,
  (
    select s.title
    from torque.deploy_steps s
    where s.deployment_id = d.id
    and s.state <> 'done'
    order by s.ordinal
    limit 1
  ) as next_step,
  to_char(d.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at,
  to_char(d.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as finished_at
from torque.deployments d
where d.application_id = $1::uuid
order by d.created_at desc, d.id desc
limit $2::bigint
