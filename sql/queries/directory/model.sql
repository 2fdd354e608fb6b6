-- The model version that is live in an application, as the document it was published as.
--   $1 application
select v.model_json
from torque.applications a
join torque.model_versions v on v.model_id = a.model_id and v.version = a.model_version
where a.id = $1
