-- Executions, the newest first. An entity's are those that it started and those that changed it.
--   $1 xflow's id in the model, or null   $2 state, or null   $3 before this id, or null   $4 how many
--   $5 entity, or null   $6 a part of what it was given, answered or failed with, or null   $7 created since, or null   $8 until, or null
with touched as materialized (
  select distinct split_part(c.cause, ':', 2)::uuid as id from {data_schema}.changes c
  where c.entity_id = $5 and c.origin = 'xflow'
)
select e.id, x.key as xflow, e.status, e.trigger_type, e.caller, e.error_data, e.attempts, e.retry_of,
  torque.datetime_text(e.created_at) as created_at, torque.datetime_text(e.started_at) as started_at,
  torque.datetime_text(e.completed_at) as completed_at, e.execution_time_ms
from (
  (select u.id, u.xflow_id, u.status, u.trigger_type, u.caller, u.error_data, u.attempts, u.retry_of, u.created_at,
     u.started_at, u.completed_at, u.execution_time_ms
   from {data_schema}.xflow_executions u
   join torque.xflows x on x.id = u.xflow_id
   where ($1::text is null or x.key = $1) and ($2::text is null or u.status = $2) and ($3::uuid is null or u.id < $3)
     and ($5::uuid is null or u.trigger_data ->> 'entity_id' = $5::text or u.id in (select t.id from touched t))
     and ($6::text is null or strpos(lower(concat(u.input_data, u.error_data)), lower($6)) > 0)
     and ($7::timestamptz is null or u.created_at >= $7) and ($8::timestamptz is null or u.created_at < $8)
   order by u.id desc limit $4)
  union all
  (select h.id, h.xflow_id, h.status, h.trigger_type, h.caller, h.error_data, h.attempts, h.retry_of, h.created_at,
     h.started_at, h.completed_at, h.execution_time_ms
   from {data_schema}.xflow_execution_history h
   join torque.xflows x on x.id = h.xflow_id
   where ($1::text is null or x.key = $1) and ($2::text is null or h.status = $2) and ($3::uuid is null or h.id < $3)
     and ($5::uuid is null or h.trigger_data ->> 'entity_id' = $5::text or h.id in (select t.id from touched t))
     and ($6::text is null or strpos(lower(concat(h.input_data, h.output_data, h.error_data)), lower($6)) > 0)
     and ($7::timestamptz is null or h.created_at >= $7) and ($8::timestamptz is null or h.created_at < $8)
   order by h.id desc limit $4)
) e
join torque.xflows x on x.id = e.xflow_id
order by e.id desc
limit $4
