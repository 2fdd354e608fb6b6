-- What the engine needs to know of executions and of their nodes.
--
-- An execution acts for somebody, may be asked to stop, and works for a limited
-- time that waiting does not count in. A node leaves by a port, which a resumed
-- execution follows without running the node again.

alter table torque.xflow_executions
  add column caller       text,
  add column is_direct    boolean not null default false,
  add column cancelled_at timestamptz,
  add column running_ms   bigint  not null default 0;

comment on column torque.xflow_executions.caller is 'Who it acts for: whoever made the change, or called it.';
comment on column torque.xflow_executions.is_direct is
  'A caller waits for its answer and it is not durable: when its server dies it ends as failed instead of being resumed.';
comment on column torque.xflow_executions.cancelled_at is 'When somebody asked for its end; its worker sees it.';
comment on column torque.xflow_executions.running_ms is 'How long it has worked before it was last parked.';

alter table torque.xflow_execution_history
  add column caller text;

alter table torque.xflow_node_executions
  add column kind       text,
  add column port       text,
  add column error_data jsonb;

comment on column torque.xflow_node_executions.port is
  'The outcome the node was left by; null while it waits, and after a failure that ended the attempt.';

-- The same index as a new application gets (70_execution.sql), for those there are.
do $indexes$
declare
  v_schema text;
begin
  for v_schema in select slug || '_data' from torque.applications loop
    execute format('drop index if exists %I.xflow_executions_to_claim', v_schema);
    execute format('create index xflow_executions_to_claim on %I.xflow_executions (priority, run_at, id)
      where status = ''waiting''', v_schema);
    execute format('create index xflow_executions_leased on %I.xflow_executions (lease_until)
      where status = ''running''', v_schema);
    execute format('create index xflow_execution_history_by_root on %I.xflow_execution_history (root, xflow_id)',
      v_schema);
  end loop;
end
$indexes$;
