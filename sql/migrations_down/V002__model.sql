-- Undoes V002: models, applications, deploys. Schemas of applications stay where they are.
-- drops: torque.models, torque.model_versions, torque.applications, torque.deployments

drop table torque.deploy_steps cascade;
drop table torque.deployments cascade;
drop table torque.applications cascade;
drop table torque.model_versions cascade;
drop table torque.models cascade;
