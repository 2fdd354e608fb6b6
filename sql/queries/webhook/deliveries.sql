-- The latest requests to webhooks of an xflow, the newest first.
--   $1 the xflow's id in the model, or null   $2 how many
select d.id, t.key, d.execution_id, d.status, d.size, d.times, d.error, d.request is not null as can_replay,
  torque.datetime_text(d.at) as at
from {data_schema}.webhook_deliveries d
join {data_schema}.xflow_triggers t on t.id = d.trigger_id
join torque.xflows x on x.id = t.xflow_id
where $1::text is null or x.key = $1
order by d.id desc
limit $2
