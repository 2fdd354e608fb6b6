-- One execution, finished or not, with some of its nodes in the order in which they ended.
--   What a node gave is left out where it is large.
--   $1 execution   $2 how many nodes are passed over   $3 how many are given   $4 the largest output, in bytes
select x.key as xflow, x.name, e.status, e.trigger_type, e.trigger_data, e.input_data, e.output_data, e.error_data, e.caller,
  e.root, e.depth, e.attempts, e.retry_of, e.model_version,
  torque.datetime_text(e.created_at) as created_at, torque.datetime_text(e.started_at) as started_at,
  torque.datetime_text(e.completed_at) as completed_at, torque.datetime_text(e.run_at) as run_at, e.execution_time_ms,
  (select count(*) from {data_schema}.xflow_node_executions n where n.execution_id = $1) as node_runs,
  (select json_agg(distinct n.output_data ->> 'waits_for') from {data_schema}.xflow_node_executions n
   where e.status = 'waiting' and n.execution_id = $1 and n.status = 'started' and n.output_data ? 'waits_for'
     and not exists (
       select from {data_schema}.xflow_node_executions l
       where l.execution_id = $1 and l.node_id = n.node_id and l.iteration = n.iteration and l.completed_at is not null
     )) as waits_for,
  (select json_agg(json_build_object('node', n.node_id, 'iteration', n.iteration, 'kind', n.kind, 'status', n.status,
      'port', n.port, 'attempt', n.attempt, 'output',
      case when octet_length(n.output_data::text) > $4 then jsonb_build_object('leftOut', octet_length(n.output_data::text))
        else n.output_data end, 'error', n.error_data,
      'startedAt', torque.datetime_text(n.started_at), 'milliseconds', n.execution_time_ms, 'log', n.log)
      order by coalesce(n.completed_at, n.started_at), n.id)
   from (
     select * from {data_schema}.xflow_node_executions o
     where o.execution_id = $1
     order by coalesce(o.completed_at, o.started_at), o.id
     offset $2::bigint limit $3::bigint
   ) n) as nodes
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
