-- Writes down what nodes did, if the execution is still this worker's: no row means that it is not.
--   The row is locked until the transaction ends, so that nobody claims the execution around an effect of it.
--   $1 execution   $2 fence   $3 the nodes
with held as materialized (
  select e.id from {data_schema}.xflow_executions e
  where e.id = $1 and e.fence = $2 and e.status = 'running'
  for update
), written as (
  insert into {data_schema}.xflow_node_executions (execution_id, node_id, iteration, kind, status, port, attempt, output_data,
    error_message, error_data, started_at, completed_at, execution_time_ms, log)
  select held.id, n.node_id, n.iteration, n.kind, n.status, n.port, n.attempt, n.output, n.message, n.error,
    statement_timestamp() - (n.ago + n.ms) * interval '1 millisecond',
    case when n.status <> 'started' then statement_timestamp() - n.ago * interval '1 millisecond' end, n.ms, n.log
  from held
  cross join jsonb_to_recordset($3::text::jsonb) as n (node_id text, iteration text, kind text, status text, port text,
    attempt integer, output jsonb, message text, error jsonb, ms bigint, ago bigint, log jsonb)
)
select id from held
