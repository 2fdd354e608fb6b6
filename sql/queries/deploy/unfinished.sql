-- Deployments that were begun and neither finished nor undone.
select id, application_id, version
from torque.deployments
where state in ('planned', 'running')
order by created_at
