-- The foundation: this installation, the directory's version, settings, metrics.
--
-- Runs as <prefix>_owner in the schema that bootstrap.sql made. Everything
-- else in this folder builds on it.

revoke all on schema torque from public;
alter default privileges revoke execute on functions from public;

create table torque.installation (
  only_row     boolean     not null default true,
  role_prefix  text        not null,
  epoch        uuid        not null default gen_random_uuid(),
  fingerprint  text,
  release      text,
  logic_digest text,
  installed_at timestamptz not null default now(),

  constraint installation_pk           primary key (only_row),
  constraint installation_has_one_row  check (only_row)
);

comment on table torque.installation is
  'This installation of Torque in this database: one row.';
comment on column torque.installation.role_prefix is
  'What the names of Torque''s roles begin with. Kept when the database is copied as a template.';
comment on column torque.installation.epoch is
  'The life of this database: cursors of the change feed name it; a restore or a copy begins a new one.';
comment on column torque.installation.fingerprint is
  'System identifier, timeline and database oid for which the epoch holds.';

insert into torque.installation (role_prefix)
values (regexp_replace(current_user, '_owner$', ''));

-- UUIDv7 in time order: WAL per row at five million rows 276 B against 766 B for random ids.
create function torque.uuidv7() returns uuid
language sql volatile parallel safe
as $$
  select encode(
    set_bit(
      set_bit(
        overlay(
          uuid_send(gen_random_uuid())
          placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
          from 1 for 6),
        52, 1),
      53, 1),
    'hex')::uuid
$$;

comment on function torque.uuidv7() is 'A new UUIDv7: ids that grow with time.';

-- Functions that index expressions and typed views use are frozen: a changed meaning is a new name.
create function torque.digest_v1(value text) returns bytea
language sql immutable strict parallel safe
as $$ select sha256(convert_to(digest_v1.value, 'UTF8')) $$;

comment on function torque.digest_v1(text) is 'SHA-256 of a text: what unique indexes on long texts stand on.';

create function torque.to_date_v1(value text) returns date
language plpgsql immutable strict parallel safe
as $$ begin return value::date; end $$;

comment on function torque.to_date_v1(text) is 'A stored Date (YYYY-MM-DD) as date, whatever DateStyle says.';

create function torque.to_ts_v1(value text) returns timestamptz
language plpgsql immutable strict parallel safe
as $$ begin return value::timestamptz; end $$;

comment on function torque.to_ts_v1(text) is
  'A stored DateTime (ISO 8601 with Z) as timestamptz: the offset is in the text, so no setting plays a part.';

create table torque.directory (
  only_row boolean not null default true,
  version  bigint  not null default 0,

  constraint directory_pk          primary key (only_row),
  constraint directory_has_one_row check (only_row)
) with (fillfactor = 50);

comment on table torque.directory is
  'Grows when something changes that every server keeps in memory: models, applications, types, callers, keys, settings.';

insert into torque.directory default values;

create function torque.touch_directory() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update torque.directory set version = version + 1;
  perform pg_notify('torque', 'directory');
  return null;
end
$$;

comment on function torque.touch_directory() is
  'Tells servers to read the directory again. Only on tables that people change, never on hot ones.';

create table torque.system_config (
  key         text        not null,
  value       jsonb       not null,
  description text        not null,
  updated_at  timestamptz not null default now(),

  constraint system_config_pk              primary key (key),
  constraint system_config_key_is_dotted   check (key ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$')
);

comment on table torque.system_config is
  'What may change while servers run; each documents itself. Changing a row takes effect without a restart.';

create trigger system_config_touches_the_directory
  after insert or update or delete on torque.system_config
  for each statement execute function torque.touch_directory();

create table torque.performance_metrics (
  id           uuid             not null default torque.uuidv7(),
  metric_type  text             not null,
  metric_name  text             not null,
  metric_value double precision not null,
  labels       jsonb            not null default '{}',
  recorded_at  timestamptz      not null default now(),

  constraint performance_metrics_pk primary key (recorded_at, id)
) partition by range (recorded_at);

create index performance_metrics_by_name on torque.performance_metrics (metric_name, recorded_at);

comment on table torque.performance_metrics is
  'What each server measured, a row a metric each minute. Partitioned by month; losing a row fails no write.';
