-- Parents of what starts executions, and of what has been started once.
--
-- Matching turns changes into executions. A firing's key (the change's
-- position, a cron instant in UTC, a webhook's id) is written in the same
-- transaction as its execution: whatever is tried again starts nothing twice.

create table torque.xflow_triggers (
  application_id uuid        not null,
  id             uuid        not null default torque.uuidv7(),
  key            text        not null,
  xflow_id       uuid        not null,
  trigger_type   text        not null,
  entity_type_id integer,
  trigger_config jsonb       not null default '{}',
  enabled        boolean     not null default true,
  fault          jsonb,
  created_at     timestamptz not null default now(),

  constraint xflow_triggers_config_is_object check (jsonb_typeof(trigger_config) = 'object')
) partition by list (application_id);

comment on table torque.xflow_triggers is 'What starts executions, gathered over applications.';
comment on column torque.xflow_triggers.trigger_type is
  'OnCreate, OnUpdate, OnDelete, OnPersist (any of the three), cron, webhook, manual, onFailure.';
comment on column torque.xflow_triggers.trigger_config is
  'Entity events: condition (a jsonpath predicate over {new, old}), changed (property keys), self (true: may start itself).';
comment on column torque.xflow_triggers.fault is 'Why matching switched the trigger off: {pos, sqlstate, message, at}.';

create table torque.trigger_firings (
  application_id uuid        not null,
  trigger_id     uuid        not null,
  key            text        not null,
  execution_id   uuid        not null,
  response       jsonb,
  fired_at       timestamptz not null default now()
) partition by list (application_id);

comment on table torque.trigger_firings is 'What has fired and must not fire again, gathered over applications.';
