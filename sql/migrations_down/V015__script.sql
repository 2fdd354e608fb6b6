-- Back to scripts whose consoles nobody reads.
alter table torque.xflow_node_executions drop column log;
