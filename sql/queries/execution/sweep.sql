-- Takes executions from workers whose lease has run out: they wait again, or it was the last time.
--   $1 attempts at most
with lost as materialized (
  select e.id, e.is_direct or e.attempts >= $1 as is_over from {data_schema}.xflow_executions e
  where e.status = 'running' and e.lease_until < now()
  order by e.lease_until
  limit 500
  for update skip locked
), again as (
  update {data_schema}.xflow_executions e
  set status = 'waiting', worker = null, lease_until = null, run_at = now()
  from lost
  where e.id = lost.id and not lost.is_over
  returning e.id
), gone as (
  delete from {data_schema}.xflow_executions e
  using lost
  where e.id = lost.id and lost.is_over
  returning e.*
), kept as (
  insert into {data_schema}.xflow_execution_history (id, xflow_id, trigger_id, trigger_type, trigger_data, input_data,
    error_data, status, priority, root, depth, model_version, attempts, retry_of, started_at, completed_at,
    execution_time_ms, created_at, caller)
  select id, xflow_id, trigger_id, trigger_type, trigger_data, input_data,
    jsonb_build_object('code', 'interrupted', 'message', case when is_direct
      then 'the server that ran it ended before it did'
      else format('the server that ran it ended before it did, %s times', attempts) end),
    case when is_direct then 'failed' else 'dead' end, priority, root, depth, model_version, attempts, retry_of, started_at,
    now(), least(running_ms, 2147483647)::integer, created_at, caller
  from gone
)
select (select count(*) from again) as again, (select count(*) from gone) as over
