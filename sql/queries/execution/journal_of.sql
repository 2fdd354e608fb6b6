-- What nodes of executions have done in earlier attempts, in their order.
--   $1 executions
select n.execution_id, n.node_id, n.iteration, n.status, n.port, n.output_data, n.error_data
from {data_schema}.xflow_node_executions n
where n.execution_id = any ($1)
order by coalesce(n.completed_at, n.started_at), n.id
