-- Webhooks: what came to them, bounded, and what was answered.
--
-- A delivery is for people: what starts an execution only once is its firing.

create table torque.webhook_deliveries (
  application_id uuid        not null,
  id             uuid        not null,
  trigger_id     uuid        not null,
  execution_id   uuid,
  firing_key     text,
  status         integer     not null,
  size           integer     not null,
  times          integer     not null default 1,
  error          text,
  request        jsonb,
  at             timestamptz not null default now()
) partition by list (application_id);

comment on table torque.webhook_deliveries is 'The latest requests to webhooks, gathered over applications.';
comment on column torque.webhook_deliveries.execution_id is 'What it started; null when it was refused.';
comment on column torque.webhook_deliveries.request is 'What it held, to be replayed; null when it was refused or too large to be kept.';

-- The same table as a new application gets (70_execution.sql), for those there are.
do $tables$
declare
  v_application record;
begin
  for v_application in select id, slug || '_data' as data_schema from torque.applications loop
    execute format($ddl$
      create table %1$I.webhook_deliveries (like torque.webhook_deliveries including defaults including constraints including comments);
      alter table %1$I.webhook_deliveries alter column application_id set default %2$L;
      alter table %1$I.webhook_deliveries add constraint webhook_deliveries_pk primary key (id);
      create index webhook_deliveries_by_trigger on %1$I.webhook_deliveries (trigger_id, id);
      alter table torque.webhook_deliveries attach partition %1$I.webhook_deliveries for values in (%2$L);
      grant select, insert, update, delete on %1$I.webhook_deliveries to %3$I;
      grant update, insert on %1$I.trigger_firings to %3$I;
    $ddl$, v_application.data_schema, v_application.id, torque.role('server'));
  end loop;
end
$tables$;
