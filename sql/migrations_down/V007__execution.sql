-- Undoes V007: executions, their history and node executions.
-- drops: torque.xflow_executions, torque.xflow_execution_history, torque.xflow_node_executions

drop table torque.xflow_node_executions cascade;
drop table torque.xflow_execution_history cascade;
drop table torque.xflow_executions cascade;
