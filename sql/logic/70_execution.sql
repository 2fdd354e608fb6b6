-- Executions: the tables of an application's unfinished and finished work.
--
-- Matching makes waiting executions of changes (71_match.sql). A server's engine
-- claims them with a lease and a fence and runs them: sql/queries/execution.

create or replace function torque.make_execution_tables(application_id uuid) returns void
language plpgsql
as $$
declare
  v_data text := torque.data_schema(make_execution_tables.application_id);
begin
  execute format($ddl$
    create table %1$I.xflow_executions (like torque.xflow_executions including defaults including constraints including comments)
      with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
            autovacuum_vacuum_cost_delay = 0);
    alter table %1$I.xflow_executions alter column application_id set default %2$L;
    alter table %1$I.xflow_executions add constraint xflow_executions_pk primary key (id);
    create index xflow_executions_to_claim on %1$I.xflow_executions (priority, run_at, id)
      where status = 'waiting';
    create index xflow_executions_leased on %1$I.xflow_executions (lease_until)
      where status = 'running';
    create index xflow_executions_by_root on %1$I.xflow_executions (root, xflow_id);
    alter table torque.xflow_executions attach partition %1$I.xflow_executions for values in (%2$L);

    create table %1$I.xflow_execution_history (like torque.xflow_execution_history including comments)
      partition by range (completed_at);
    alter table %1$I.xflow_execution_history alter column application_id set default %2$L;
    alter table %1$I.xflow_execution_history
      add constraint xflow_execution_history_status_is_final
      check (status in ('succeeded', 'failed', 'cancelled', 'dead'));
    alter table %1$I.xflow_execution_history add constraint xflow_execution_history_pk primary key (id, completed_at);
    create index xflow_execution_history_by_xflow on %1$I.xflow_execution_history (xflow_id,
      completed_at);
    create index xflow_execution_history_by_root on %1$I.xflow_execution_history (root, xflow_id);
    alter table torque.xflow_execution_history attach partition %1$I.xflow_execution_history for
      values in (%2$L);

    create table %1$I.xflow_node_executions (like torque.xflow_node_executions including defaults including comments)
      partition by range (id);
    alter table %1$I.xflow_node_executions alter column application_id set default %2$L;
    alter table %1$I.xflow_node_executions
      add constraint xflow_node_executions_status_is_known
      check (status in ('started', 'succeeded', 'failed', 'skipped', 'cancelled',
        'unknown_outcome'));
    alter table %1$I.xflow_node_executions add constraint xflow_node_executions_pk primary key (id);
    create index xflow_node_executions_by_execution on %1$I.xflow_node_executions (execution_id,
      node_id, iteration);
    alter table torque.xflow_node_executions attach partition %1$I.xflow_node_executions for
      values in (%2$L);

    create table %1$I.xflow_triggers (like torque.xflow_triggers including defaults including constraints including comments);
    alter table %1$I.xflow_triggers alter column application_id set default %2$L;
    alter table %1$I.xflow_triggers add constraint xflow_triggers_pk primary key (id);
    alter table %1$I.xflow_triggers add constraint xflow_triggers_key_is_unique unique (key);
    alter table torque.xflow_triggers attach partition %1$I.xflow_triggers for values in (%2$L);

    create table %1$I.trigger_firings (like torque.trigger_firings including defaults including comments);
    alter table %1$I.trigger_firings alter column application_id set default %2$L;
    alter table %1$I.trigger_firings add constraint trigger_firings_pk primary key (trigger_id,
      key);
    create index trigger_firings_by_age on %1$I.trigger_firings (fired_at);
    alter table torque.trigger_firings attach partition %1$I.trigger_firings for values in (%2$L);

    create table %1$I.webhook_deliveries (like torque.webhook_deliveries including defaults including constraints including comments);
    alter table %1$I.webhook_deliveries alter column application_id set default %2$L;
    alter table %1$I.webhook_deliveries add constraint webhook_deliveries_pk primary key (id);
    create index webhook_deliveries_by_trigger on %1$I.webhook_deliveries (trigger_id, id);
    alter table torque.webhook_deliveries attach partition %1$I.webhook_deliveries for values in (%2$L);

    create table %1$I.xflow_signals (like torque.xflow_signals including defaults including constraints including comments);
    alter table %1$I.xflow_signals alter column application_id set default %2$L;
    alter table %1$I.xflow_signals add constraint xflow_signals_pk primary key (execution_id, id);
    alter table torque.xflow_signals attach partition %1$I.xflow_signals for values in (%2$L);

    create table %1$I.match_steps (
      pos bigint      not null,
      at  timestamptz not null default clock_timestamp(),
      constraint match_steps_pk primary key (pos)
    );
    comment on table %1$I.match_steps is 'How far matching has read the change feed, a row a step.';
    insert into %1$I.match_steps (pos) values (0);

    grant select on %1$I.xflow_executions, %1$I.xflow_execution_history, %1$I.xflow_node_executions,
      %1$I.xflow_triggers, %1$I.trigger_firings, %1$I.match_steps to %3$I;
    grant insert, update, delete on %1$I.xflow_executions to %3$I;
    grant select, insert, delete on %1$I.xflow_signals to %3$I;
    grant select, insert, update, delete on %1$I.webhook_deliveries to %3$I;
    grant update, insert on %1$I.trigger_firings to %3$I;
    grant insert on %1$I.xflow_execution_history, %1$I.xflow_node_executions,
      %1$I.trigger_firings to %3$I;
  $ddl$, v_data, make_execution_tables.application_id, torque.role('server'));
end
$$;

comment on function torque.make_execution_tables(uuid) is 'Makes an application''s tables of executions, triggers and firings.';
