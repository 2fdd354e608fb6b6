-- The deployment of an application that is under way.
--   $1 application
select id, version
from torque.deployments
where application_id = $1::uuid
and state in ('planned', 'running')
