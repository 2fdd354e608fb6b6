-- What Cache nodes of xflows keep.
--
-- Unlogged: a crash of PostgreSQL empties it, which is what a cache may do. No
-- server holds what another one cannot see.

create unlogged table torque.kept_values (
  application_id uuid        not null,
  key            text        not null,
  value          jsonb       not null,
  expires_at     timestamptz not null,

  constraint kept_values_pk                       primary key (application_id, key),
  constraint kept_values_key_is_short             check (length(key) <= 500)
);

create index kept_values_by_end on torque.kept_values (expires_at);

comment on table torque.kept_values is 'What Cache nodes keep, by application and key.';
