-- Undoes V010: what the engine knows of executions and nodes.

alter table torque.xflow_node_executions drop column kind, drop column port, drop column error_data;
alter table torque.xflow_execution_history drop column caller;
alter table torque.xflow_executions
  drop column caller, drop column is_direct, drop column cancelled_at, drop column running_ms;
