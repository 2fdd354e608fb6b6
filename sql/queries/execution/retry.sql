-- A new execution of what a finished one was given; from its failure on it takes over its nodes.
--   $1 the finished one   $2 the new one's id   $3 whether it begins at the failure
with ended as (
  select h.* from {data_schema}.xflow_execution_history h
  where h.id = $1 and h.status in ('failed', 'cancelled', 'dead')
), made as (
  insert into {data_schema}.xflow_executions (id, xflow_id, trigger_id, trigger_type, trigger_data, input_data, caller, priority,
    root, depth, model_version, retry_of)
  select $2, xflow_id, trigger_id, trigger_type, trigger_data, input_data, caller, priority, root, depth, model_version, id
  from ended
  returning id
), taken_over as (
  insert into {data_schema}.xflow_node_executions (execution_id, node_id, iteration, kind, status, port, attempt, output_data,
    error_message, error_data, started_at, completed_at, execution_time_ms, log)
  select made.id, n.node_id, n.iteration, n.kind, n.status, n.port, n.attempt, n.output_data, n.error_message, n.error_data,
    n.started_at, n.completed_at, n.execution_time_ms, n.log
  from made
  cross join {data_schema}.xflow_node_executions n
  where n.execution_id = $1 and n.port is not null and $3
  order by coalesce(n.completed_at, n.started_at), n.id
)
select id from made
