-- Signals: what somebody tells an execution that waits for it, or will.
--
-- A signal may come before the node that waits for it, and sending it again
-- does nothing. Its count stands in the execution's own row: parking locks that
-- row, so a signal that comes meanwhile makes the execution due at once.

alter table torque.xflow_executions
  add column signal_count integer not null default 0;

comment on column torque.xflow_executions.signal_count is 'How many signals it was sent.';

create table torque.xflow_signals (
  application_id uuid        not null,
  execution_id   uuid        not null,
  id             uuid        not null,
  name           text        not null,
  data           jsonb       not null default 'null',
  sent_by        text        not null,
  sent_at        timestamptz not null default clock_timestamp(),

  constraint xflow_signals_name_is_short check (length(name) between 1 and 200)
) partition by list (application_id);

comment on table torque.xflow_signals is 'What executions were sent, gathered over applications.';
comment on column torque.xflow_signals.id is 'The sender''s: the same one again changes nothing.';

-- The same table as a new application gets (70_execution.sql), for those there are.
do $tables$
declare
  v_application record;
begin
  for v_application in select id, slug || '_data' as data_schema from torque.applications loop
    execute format($ddl$
      create table %1$I.xflow_signals (like torque.xflow_signals including defaults including constraints including comments);
      alter table %1$I.xflow_signals alter column application_id set default %2$L;
      alter table %1$I.xflow_signals add constraint xflow_signals_pk primary key (execution_id, id);
      alter table torque.xflow_signals attach partition %1$I.xflow_signals for values in (%2$L);
      grant select, insert, delete on %1$I.xflow_signals to %3$I;
    $ddl$, v_application.data_schema, v_application.id, torque.role('server'));
  end loop;
end
$tables$;
