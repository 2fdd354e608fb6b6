-- XFlows: workflow graphs, as the deployed model versions have them.
--
-- `dag_json` is the whole document; the columns beside it are derived. A row
-- stays while executions refer to it, so an execution ends with the xflow it
-- began with.

create table torque.xflows (
  id                    uuid        not null default torque.uuidv7(),
  application_id        uuid,
  key                   text        not null,
  name                  text        not null,
  description           text,
  version               text        not null default '1.0.0',
  model_version         integer,
  dag_json              jsonb       not null,
  input_schema          jsonb       not null default '{}',
  output_schema         jsonb       not null default '{}',
  error_schema          jsonb       not null default '{}',
  enabled               boolean     not null default true,
  priority              integer     not null default 5,
  max_execution_time_ms integer     not null default 30000,
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now(),
  retired_at            timestamptz,

  constraint xflows_pk                       primary key (id),
  constraint xflows_are_unique_by_version    unique nulls not distinct (application_id, key,
    model_version),
  constraint xflows_belong_to_an_application foreign key (application_id)
    references torque.applications (id) on delete cascade
);

comment on table torque.xflows is 'Workflow graphs by application and model version.';
comment on column torque.xflows.key is 'The xflow''s id in the model.';
