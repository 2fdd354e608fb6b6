-- Ends executions: each moves to the history with its last nodes, if it is still this worker's.
--   $1 ids   $2 fences   $3 final states   $4 outputs   $5 errors   $6 milliseconds worked   $7 nodes run
--   $8 all their nodes, each with its execution_id
with ended as (
  select * from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::integer[])
    as ended (id, fence, status, output, error, ms, nodes)
), gone as (
  delete from {data_schema}.xflow_executions e
  using ended
  where e.id = ended.id and e.fence = ended.fence and e.status = 'running'
  returning e.*, ended.status as final, ended.output, ended.error, ended.ms, ended.nodes
), kept as (
  insert into {data_schema}.xflow_execution_history (id, xflow_id, trigger_id, trigger_type, trigger_data, input_data,
    output_data, error_data, status, priority, root, depth, model_version, attempts, retry_of, started_at, completed_at,
    execution_time_ms, node_count, created_at, caller)
  select id, xflow_id, trigger_id, trigger_type, trigger_data, input_data, output::jsonb, error::jsonb, final, priority, root,
    depth, model_version, attempts, retry_of, started_at, now(), least(ms, 2147483647)::integer, nodes, created_at, caller
  from gone
), written as (
  insert into {data_schema}.xflow_node_executions (execution_id, node_id, iteration, kind, status, port, attempt, output_data,
    error_message, error_data, started_at, completed_at, execution_time_ms, log)
  select gone.id, n.node_id, n.iteration, n.kind, n.status, n.port, n.attempt, n.output, n.message, n.error,
    statement_timestamp() - (n.ago + n.ms) * interval '1 millisecond', statement_timestamp() - n.ago * interval '1 millisecond', n.ms, n.log
  from jsonb_to_recordset($8::text::jsonb) as n (execution_id uuid, node_id text, iteration text, kind text, status text,
    port text, attempt integer, output jsonb, message text, error jsonb, ms bigint, ago bigint, log jsonb)
  join gone on gone.id = n.execution_id
)
select id from gone
