-- Parents of executions, their history, and node executions.
--
-- Each application has its own tables beneath these. `xflow_executions` is the
-- hot table of unfinished work; a finished execution moves to the history,
-- partitioned by month. Node executions are written once, into partitions
-- ranged by their UUIDv7 ids, and never moved.
-- States: waiting, running, succeeded, failed, cancelled, dead; blocked is only
-- ever a first state.

create table torque.xflow_executions (
  application_id    uuid        not null,
  id                uuid        not null default torque.uuidv7(),
  xflow_id          uuid        not null,
  trigger_id        uuid,
  trigger_type      text        not null,
  trigger_data      jsonb,
  input_data        jsonb       not null default '{}',
  output_data       jsonb,
  error_data        jsonb,
  status            text        not null default 'waiting',
  priority          integer     not null default 5,
  root              text        not null,
  depth             integer     not null default 0,
  model_version     integer,
  run_at            timestamptz not null default now(),
  attempts          integer     not null default 0,
  fence             bigint      not null default 0,
  lease_until       timestamptz,
  worker            uuid,
  retry_of          uuid,
  started_at        timestamptz,
  completed_at      timestamptz,
  execution_time_ms integer,
  node_count        integer,
  created_at        timestamptz not null default now(),

  constraint xflow_executions_status_is_unfinished check (status in ('waiting', 'running',
    'blocked'))
) partition by list (application_id);

comment on table torque.xflow_executions is 'Unfinished executions of every application, gathered.';
comment on column torque.xflow_executions.root is 'What began the chain of causes this execution is part of.';
comment on column torque.xflow_executions.fence is 'Grows at each claim; every later write carries it, so a late worker writes nothing.';

create table torque.xflow_execution_history (
  application_id    uuid        not null,
  id                uuid        not null,
  xflow_id          uuid        not null,
  trigger_id        uuid,
  trigger_type      text        not null,
  trigger_data      jsonb,
  input_data        jsonb       not null default '{}',
  output_data       jsonb,
  error_data        jsonb,
  status            text        not null,
  priority          integer     not null default 5,
  root              text        not null,
  depth             integer     not null default 0,
  model_version     integer,
  attempts          integer     not null default 0,
  retry_of          uuid,
  started_at        timestamptz,
  completed_at      timestamptz not null,
  execution_time_ms integer,
  node_count        integer,
  created_at        timestamptz not null,

  constraint xflow_execution_history_status_is_final check (status in ('succeeded', 'failed',
    'cancelled', 'dead'))
) partition by list (application_id);

comment on table torque.xflow_execution_history is 'Finished executions of every application, gathered.';

create table torque.xflow_node_executions (
  application_id    uuid        not null,
  id                uuid        not null default torque.uuidv7(),
  execution_id      uuid        not null,
  node_id           text        not null,
  iteration         text        not null default '',
  status            text        not null,
  attempt           integer     not null default 1,
  output_data       jsonb,
  error_message     text,
  started_at        timestamptz not null default now(),
  completed_at      timestamptz,
  execution_time_ms integer,

  constraint xflow_node_executions_status_is_known
    check (status in ('started', 'succeeded', 'failed', 'skipped', 'cancelled', 'unknown_outcome'))
) partition by list (application_id);

comment on table torque.xflow_node_executions is 'The journal: what each node of an execution did, gathered over applications.';
