-- Another xflow of the same application and model version, if it is switched on.
--   $1 the row of the one   $2 the other's id in the model
select x.id
from torque.xflows own
join torque.xflows x on x.application_id = own.application_id and x.model_version = own.model_version and x.key = $2
where own.id = $1 and x.enabled
