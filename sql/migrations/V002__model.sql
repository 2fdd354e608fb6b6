-- Models, their published versions, the applications that run them, deploys.
--
-- A model's draft is `models.model_json`; publishing freezes it as a row of
-- `model_versions`; a deploy makes a version live in an application, step by
-- step, and can be resumed after a kill at any point.
-- Versions are not partitioned: there are few, and they are kept.

create table torque.models (
  id          uuid        not null default torque.uuidv7(),
  name        text        not null,
  description text,
  version     integer     not null default 0,
  revision    bigint      not null default 1,
  model_json  jsonb       not null,
  schema_json jsonb       not null default '{}',
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  deleted_at  timestamptz,

  constraint models_pk               primary key (id),
  constraint models_name_has_length  check (char_length(name) between 1 and 255),
  constraint models_json_is_object   check (jsonb_typeof(model_json) = 'object')
);

create unique index models_name_is_unique_among_live on torque.models (name)
  where deleted_at is null;

comment on table torque.models is 'The versioned design of an application; model_json is the draft.';
comment on column torque.models.version is 'The latest published version; 0 before the first.';
comment on column torque.models.revision is 'Grows with every change of the draft; the lock an editor sends back.';

create table torque.model_versions (
  id          uuid        not null default torque.uuidv7(),
  model_id    uuid        not null,
  version     integer     not null,
  model_json  jsonb       not null,
  schema_json jsonb       not null default '{}',
  created_at  timestamptz not null default now(),
  created_by  text,

  constraint model_versions_pk                 primary key (id),
  constraint model_versions_version_is_unique  unique (model_id, version),
  constraint model_versions_version_counts     check (version >= 1),
  constraint model_versions_belong_to_a_model  foreign key (model_id)
    references torque.models (id) on delete cascade
);

comment on table torque.model_versions is 'Published versions, frozen. Properties and entities carry their storage keys here.';

create table torque.applications (
  id            uuid        not null default torque.uuidv7(),
  slug          text        not null,
  name          text        not null,
  model_id      uuid        not null,
  model_version integer,
  status        text        not null default 'running',
  config        jsonb       not null default '{}',
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  deleted_at    timestamptz,

  constraint applications_pk                primary key (id),
  constraint applications_slug_is_unique    unique (slug),
  constraint applications_slug_is_a_schema  check (
    slug ~ '^[a-z][a-z0-9_]*$' and octet_length(slug) <= 58 and slug !~ '_data$' and slug !~ '^pg_'
    and slug not in ('torque', 'public', 'information_schema')),
  constraint applications_status_is_known   check (status in ('running', 'stopped')),
  constraint applications_config_is_object  check (jsonb_typeof(config) = 'object'),
  constraint applications_run_a_model       foreign key (model_id)
    references torque.models (id) on delete restrict,
  constraint applications_run_a_version     foreign key (model_id, model_version)
    references torque.model_versions (model_id, version) on delete restrict
);

create index applications_by_model on torque.applications (model_id);

comment on table torque.applications is
  'Running instances of models. The slug names two schemas: people''s (slug) and the data''s (slug_data).';
comment on column torque.applications.model_version is 'The version that is live; null before the first deploy.';
comment on column torque.applications.config is
  'partitions: month or year; history_retention_days; sql_roles: {read: [role], write: [role]}.';

create table torque.deployments (
  id             uuid        not null default torque.uuidv7(),
  application_id uuid        not null,
  model_id       uuid        not null,
  version        integer     not null,
  state          text        not null default 'planned',
  error          jsonb,
  created_at     timestamptz not null default now(),
  finished_at    timestamptz,

  constraint deployments_pk                  primary key (id),
  constraint deployments_state_is_known      check (state in ('planned', 'running', 'succeeded',
    'failed', 'undone')),
  constraint deployments_serve_an_application foreign key (application_id)
    references torque.applications (id) on delete cascade,
  constraint deployments_deploy_a_version    foreign key (model_id, version)
    references torque.model_versions (model_id, version) on delete restrict
);

create index deployments_by_application on torque.deployments (application_id, created_at);

-- Two deploys of one application at a time would undo each other's guards.
create unique index deployments_one_at_a_time on torque.deployments (application_id)
  where state in ('planned', 'running');

comment on table torque.deployments is 'Each attempt to make a model version live in an application.';

create table torque.deploy_steps (
  deployment_id  uuid        not null,
  ordinal        integer     not null,
  phase          text        not null,
  title          text        not null,
  statement      text        not null,
  makes          text,
  in_transaction boolean     not null default true,
  state          text        not null default 'waiting',
  error          jsonb,
  done_at        timestamptz,

  constraint deploy_steps_pk                   primary key (deployment_id, ordinal),
  constraint deploy_steps_phase_is_known       check (phase in ('prepare', 'guard', 'scan',
    'flip')),
  constraint deploy_steps_state_is_known       check (state in ('waiting', 'done', 'failed')),
  constraint deploy_steps_belong_to_a_deployment foreign key (deployment_id)
    references torque.deployments (id) on delete cascade
);

comment on table torque.deploy_steps is
  'A deploy''s plan. Every statement may be run twice: a killed deploy resumes at the first step that is not done.';
comment on column torque.deploy_steps.makes is 'What the step is the first to make, for undoing it.';
comment on column torque.deploy_steps.in_transaction is
  'False for what Postgres runs only outside a transaction: indexes built concurrently, batches that commit.';

create trigger models_touch_the_directory
  after insert or update or delete on torque.models
  for each statement execute function torque.touch_directory();
create trigger model_versions_touch_the_directory
  after insert or update or delete on torque.model_versions
  for each statement execute function torque.touch_directory();
create trigger applications_touch_the_directory
  after insert or update or delete on torque.applications
  for each statement execute function torque.touch_directory();
