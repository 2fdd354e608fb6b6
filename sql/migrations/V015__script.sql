-- What scripts say on their consoles stands beside what their nodes gave.
alter table torque.xflow_node_executions
  add column log jsonb;

comment on column torque.xflow_node_executions.log is
  'What the node''s script said on its console: a list of {level, message}, of limited length.';
