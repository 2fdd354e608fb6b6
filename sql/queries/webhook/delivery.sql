-- The request of a delivery, and the trigger it came to.
--   $1 delivery
select t.key, d.size, d.request
from {data_schema}.webhook_deliveries d
join {data_schema}.xflow_triggers t on t.id = d.trigger_id
where d.id = $1
