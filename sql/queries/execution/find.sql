-- One execution, finished or not, with its nodes in the order in which they ended.
--   $1 execution
select x.key as xflow, x.name, e.status, e.trigger_type, e.trigger_data, e.input_data, e.output_data, e.error_data, e.caller,
  e.root, e.depth, e.attempts, e.retry_of, e.model_version,
  torque.datetime_text(e.created_at) as created_at, torque.datetime_text(e.started_at) as started_at,
  torque.datetime_text(e.completed_at) as completed_at, torque.datetime_text(e.run_at) as run_at, e.execution_time_ms,
  (select json_agg(json_build_object('node', n.node_id, 'iteration', n.iteration, 'kind', n.kind, 'status', n.status,
      'port', n.port, 'attempt', n.attempt, 'output', n.output_data, 'error', n.error_data,
      'startedAt', torque.datetime_text(n.started_at), 'milliseconds', n.execution_time_ms, 'log', n.log) order by n.id)
   from {data_schema}.xflow_node_executions n where n.execution_id = $1) as nodes
from (
  select u.xflow_id, u.status, u.trigger_type, u.trigger_data, u.input_data, u.output_data, u.error_data, u.caller, u.root,
    u.depth, u.attempts, u.retry_of, u.model_version, u.created_at, u.started_at, u.completed_at,
    case when u.status = 'waiting' then u.run_at end as run_at, u.execution_time_ms
  from {data_schema}.xflow_executions u where u.id = $1
  union all
  select h.xflow_id, h.status, h.trigger_type, h.trigger_data, h.input_data, h.output_data, h.error_data, h.caller, h.root,
    h.depth, h.attempts, h.retry_of, h.model_version, h.created_at, h.started_at, h.completed_at, null, h.execution_time_ms
  from {data_schema}.xflow_execution_history h where h.id = $1
) e
join torque.xflows x on x.id = e.xflow_id
