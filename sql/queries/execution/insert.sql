-- A new execution of a caller's: claimed by its own server already, or waiting.
--   $1 id   $2 xflow   $3 input   $4 caller   $5 whether it is direct   $6 worker, or null to leave it waiting
--   $7 seconds of the lease   $8 trigger data   $9 trigger type
insert into {data_schema}.xflow_executions (id, xflow_id, trigger_type, trigger_data, input_data, caller, root, priority,
  model_version, is_direct, status, worker, fence, attempts, lease_until, started_at)
select $1, x.id, $9, $8::text::jsonb, $3::text::jsonb, $4, $1::uuid::text, x.priority, x.model_version, $5,
  case when $6::uuid is null then 'waiting' else 'running' end, $6,
  case when $6::uuid is null then 0 else 1 end, case when $6::uuid is null then 0 else 1 end,
  case when $6::uuid is not null then now() + $7::integer * interval '1 second' end,
  case when $6::uuid is not null then now() end
from torque.xflows x
where x.id = $2
returning (extract(epoch from now()) * 1000)::bigint as now_ms
