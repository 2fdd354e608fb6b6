-- Callers, their keys, links, sessions and preferences, and what they were seen doing.
--
-- Secrets are never stored: keys, links and sessions are looked up by the
-- SHA-256 of what the caller shows.

create table torque.callers (
  id          uuid        not null default torque.uuidv7(),
  kind        text        not null,
  name        text        not null,
  created_at  timestamptz not null default now(),
  disabled_at timestamptz,

  constraint callers_pk            primary key (id),
  constraint callers_kind_is_known check (kind in ('user', 'key', 'system'))
);

comment on table torque.callers is 'Whoever asks, after authentication.';

create table torque.api_keys (
  id             uuid        not null default torque.uuidv7(),
  caller_id      uuid        not null,
  name           text        not null,
  hash           bytea       not null,
  prefix         text        not null,
  application_id uuid,
  permission     text        not null,
  expires_at     timestamptz,
  revoked_at     timestamptz,
  last_used_at   timestamptz,
  created_at     timestamptz not null default now(),

  constraint api_keys_pk                  primary key (id),
  constraint api_keys_hash_is_unique      unique (hash),
  constraint api_keys_permission_is_known check (permission in ('read', 'write', 'admin')),
  constraint api_keys_speak_for_a_caller  foreign key (caller_id)
    references torque.callers (id) on delete cascade,
  constraint api_keys_open_an_application foreign key (application_id)
    references torque.applications (id) on delete cascade
);

create index api_keys_by_caller on torque.api_keys (caller_id);

comment on table torque.api_keys is 'Hashed, scoped, expiring credentials.';
comment on column torque.api_keys.prefix is 'The first characters of the key, for people to tell keys apart.';
comment on column torque.api_keys.application_id is 'The one application the key opens; null: all.';

create table torque.sign_in_links (
  hash           bytea       not null,
  kind           text        not null,
  caller_id      uuid,
  application_id uuid,
  permission     text        not null,
  expires_at     timestamptz not null,
  used_at        timestamptz,
  created_at     timestamptz not null default now(),

  constraint sign_in_links_pk                  primary key (hash),
  constraint sign_in_links_kind_is_known       check (kind in ('setup', 'sign_in')),
  constraint sign_in_links_permission_is_known check (permission in ('read', 'write', 'admin')),
  constraint sign_in_links_speak_for_a_caller  foreign key (caller_id)
    references torque.callers (id) on delete cascade,
  constraint sign_in_links_open_an_application foreign key (application_id)
    references torque.applications (id) on delete cascade
);

comment on table torque.sign_in_links is 'Links that become a session once.';

create table torque.sign_in_sessions (
  hash           bytea       not null,
  caller_id      uuid        not null,
  application_id uuid,
  permission     text        not null,
  expires_at     timestamptz not null,
  created_at     timestamptz not null default now(),
  revoked_at     timestamptz,

  constraint sign_in_sessions_pk                  primary key (hash),
  constraint sign_in_sessions_permission_is_known check (permission in ('read', 'write', 'admin')),
  constraint sign_in_sessions_speak_for_a_caller  foreign key (caller_id)
    references torque.callers (id) on delete cascade,
  constraint sign_in_sessions_open_an_application foreign key (application_id)
    references torque.applications (id) on delete cascade
);

comment on table torque.sign_in_sessions is 'Browsers that are signed in.';

create table torque.preferences (
  application_id uuid        not null,
  caller_id      uuid        not null,
  name           text        not null,
  value          jsonb       not null,
  updated_at     timestamptz not null default now(),

  constraint preferences_pk                      primary key (application_id, caller_id, name),
  constraint preferences_belong_to_a_caller      foreign key (caller_id)
    references torque.callers (id) on delete cascade,
  constraint preferences_concern_an_application  foreign key (application_id)
    references torque.applications (id) on delete cascade
);

create index preferences_by_caller on torque.preferences (caller_id);

comment on table torque.preferences is
  'What a caller keeps for themselves in an application, such as the views of a grid. Not part of the application''s data.';

-- Using a key only moves last_used_at; servers need not hear of that.
create trigger callers_touch_the_directory
  after insert or update or delete on torque.callers
  for each statement execute function torque.touch_directory();
create trigger api_keys_touch_the_directory
  after insert or delete or update of revoked_at, expires_at, permission, application_id,
    hash on torque.api_keys
  for each statement execute function torque.touch_directory();
create trigger sign_in_sessions_touch_the_directory
  after insert or delete or update of revoked_at, expires_at, permission,
    application_id on torque.sign_in_sessions
  for each statement execute function torque.touch_directory();

create table torque.audited_calls (
  id             uuid        not null default torque.uuidv7(),
  at             timestamptz not null default now(),
  application_id uuid,
  operation      text        not null,
  entity_type    text,
  entity_id      uuid,
  caller         text        not null,
  origin         text        not null,
  outcome        text        not null default 'done',
  details        jsonb       not null default '{}',

  constraint audited_calls_pk               primary key (at, id),
  constraint audited_calls_outcome_is_known check (outcome in ('done', 'refused', 'failed'))
) partition by range (at);

create index audited_calls_by_caller on torque.audited_calls (caller, at);

comment on table torque.audited_calls is
  'Audited reads, sign-ins, tool calls and refusals. Partitioned by month; its own table, so it can fail no write of an entity.';
