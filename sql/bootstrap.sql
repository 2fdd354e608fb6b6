-- Roles and rights that must exist before anything of Torque's does.
--
-- Run by the installer as the administrator's login, before the migrations;
-- running it again changes nothing. Roles belong to the whole cluster, so
-- their names carry a prefix that is this database's own:
--
--   <prefix>_owner   owns schemas and tables; migrations and deploys act as it; no login
--   <prefix>_views   owns what people see: typed views and the functions behind them; no login
--   <prefix>_server  the running server; owns nothing
--   <prefix>_read    people who may read every application's views
--   <prefix>_write   people who may also write through them
--
-- Reads two settings: torque.role_prefix (default: the database's name) and
-- torque.server_password (empty: the server's password is left as it is).
-- Absent on purpose: superuser, createrole and bypassrls for any of them.

do $bootstrap$
declare
  v_prefix   text := coalesce(nullif(current_setting('torque.role_prefix', true), ''),
    current_database());
  v_password text := nullif(current_setting('torque.server_password', true), '');
  v_role     text;
  v_kind     text;
begin
  -- Two installers may meet here; roles are cluster-wide, so the lock is on their catalog's number.
  perform pg_advisory_xact_lock(1260);

  foreach v_kind in array array['owner', 'views', 'server', 'read', 'write'] loop
    v_role := v_prefix || '_' || v_kind;
    if octet_length(v_role) > 63 then
      raise exception 'the role name % has more than 63 bytes: choose a shorter torque.role_prefix', v_role
        using errcode = 'TQ400';
    end if;
    if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
      execute format('create role %I %s', v_role, case v_kind when 'server' then 'login'
        else 'nologin' end);
    end if;
  end loop;

  if v_password is not null then
    execute format('alter role %I password %L', v_prefix || '_server', v_password);
  end if;

  -- The server never waits for long: what it cannot have soon it answers for. A single statement shares its
  -- connection with others, so that it waits for a lock only briefly; transactions wait longer by themselves.
  execute format('alter role %I set idle_in_transaction_session_timeout = %L', v_prefix
    || '_server', '10s');
  execute format('alter role %I set statement_timeout = %L', v_prefix || '_server', '30s');
  execute format('alter role %I set lock_timeout = %L', v_prefix || '_server', '20ms');
  execute format('alter role %I set jit = off', v_prefix || '_server');

  execute format('grant connect, create, temporary on database %I to %I', current_database(),
    v_prefix || '_owner');
  foreach v_kind in array array['server', 'read', 'write'] loop
    execute format('grant connect on database %I to %I', current_database(), v_prefix || '_'
      || v_kind);
  end loop;

  -- The owner hands views over to their role; the administrator acts as the owner; writers read
  -- too.
  execute format('grant %I to %I', v_prefix || '_views', v_prefix || '_owner');
  execute format('grant %I to %I', v_prefix || '_read', v_prefix || '_write');
  if not pg_has_role(current_user, v_prefix || '_owner', 'member')
     or not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    execute format('grant %I to %I', v_prefix || '_owner', current_user);
  end if;

  execute format('create schema if not exists torque authorization %I', v_prefix || '_owner');

  -- Trigram indexes serve searchable text. Where the extension is not at hand, search works without
  -- an index.
  if exists (select from pg_catalog.pg_available_extensions where name = 'pg_trgm')
     and not exists (select from pg_catalog.pg_extension where extname = 'pg_trgm') then
    create extension pg_trgm with schema torque;
  end if;
end
$bootstrap$;
