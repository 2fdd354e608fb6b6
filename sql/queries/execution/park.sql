-- Gives an execution back until later, with what its nodes did.
--   $1 execution   $2 fence   $3 the nodes   $4 in how many milliseconds it is due   $5 attempts from now on
--   $6 how long it has worked   $7 why it is tried again, or null   $8 how many signals it
--   has seen: when there are more by now, it is due at once. What is parked has written down what it did: it may be resumed.
with parked as (
  update {data_schema}.xflow_executions e
  set status = 'waiting', worker = null, lease_until = null,
    run_at = case when e.signal_count > $8 then now() else now() + $4::bigint * interval '1 millisecond' end,
    attempts = $5, running_ms = $6, error_data = $7::text::jsonb,
    is_direct = false
  where e.id = $1 and e.fence = $2 and e.status = 'running'
  returning e.id
), written as (
  insert into {data_schema}.xflow_node_executions (execution_id, node_id, iteration, kind, status, port, attempt, output_data,
    error_message, error_data, started_at, completed_at, execution_time_ms, log)
  select parked.id, n.node_id, n.iteration, n.kind, n.status, n.port, n.attempt, n.output, n.message, n.error,
    statement_timestamp() - (n.ago + n.ms) * interval '1 millisecond',
    case when n.status <> 'started' then statement_timestamp() - n.ago * interval '1 millisecond' end, n.ms, n.log
  from parked
  cross join jsonb_to_recordset($3::text::jsonb) as n (node_id text, iteration text, kind text, status text, port text,
    attempt integer, output jsonb, message text, error jsonb, ms bigint, ago bigint, log jsonb)
)
select id from parked
