-- A new execution that another one starts, of the same model version.
--   It is blocked where too many caused one another.
--   $1 id   $2 the xflow's id in the model   $3 input   $4 who it acts for   $5 root   $6 how many caused one another
--   $7 trigger data   $8 the row of the xflow that starts it
insert into {data_schema}.xflow_executions (id, xflow_id, trigger_type, trigger_data, input_data, caller, root, depth,
  priority, model_version, status)
select $1, x.id, 'xflow', $7::text::jsonb, $3::text::jsonb, $4, $5, $6, x.priority, x.model_version,
  case when $6 > torque.setting('trigger.max_depth', '8')::integer then 'blocked' else 'waiting' end
from torque.xflows own
join torque.xflows x on x.application_id = own.application_id and x.model_version = own.model_version and x.key = $2
where own.id = $8 and x.enabled
returning id
