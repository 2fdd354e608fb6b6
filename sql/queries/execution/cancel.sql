-- Ends an execution that waits, or asks for the end of one that runs; the state it was in.
--   $1 execution   $2 who asks
with found as materialized (
  select e.id, e.status from {data_schema}.xflow_executions e where e.id = $1 for update
), asked as (
  update {data_schema}.xflow_executions e set cancelled_at = coalesce(e.cancelled_at, now())
  from found where e.id = found.id and found.status = 'running'
), gone as (
  delete from {data_schema}.xflow_executions e
  using found
  where e.id = found.id and found.status <> 'running'
  returning e.*
), kept as (
  insert into {data_schema}.xflow_execution_history (id, xflow_id, trigger_id, trigger_type, trigger_data, input_data,
    error_data, status, priority, root, depth, model_version, attempts, retry_of, started_at, completed_at,
    execution_time_ms, created_at, caller)
  select id, xflow_id, trigger_id, trigger_type, trigger_data, input_data,
    jsonb_build_object('code', 'cancelled', 'message', format('cancelled by %s', $2::text)), 'cancelled', priority, root,
    depth, model_version, attempts, retry_of, started_at, now(), least(running_ms, 2147483647)::integer, created_at, caller
  from gone
)
select status from found
