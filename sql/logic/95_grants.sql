-- The public surface of the database, on one screen.
--
-- What is not named here or granted by apply_grants is nobody's but the
-- owner's. Leaves, outboxes and queues are granted where they are made
-- (32_leaf.sql, 50_change_feed.sql, 70_execution.sql): to the server and to the
-- role of the views, never to people.

do $grants$
declare
  v_server text := torque.role('server');
  v_views  text := torque.role('views');
begin
  -- People call torque.uuidv7() and read what is granted to public below; no table of torque is
  -- theirs.
  execute format('grant usage on schema torque to %I, %I, %I', v_server, v_views,
    torque.role('read'));

  -- Pure functions that typed views, index expressions and defaults call as whoever reads or
  -- writes.
  grant execute on function torque.uuidv7(), torque.digest_v1(text), torque.to_date_v1(text),
    torque.to_ts_v1(text),
    torque.to_text_array(jsonb), torque.with_keys(jsonb, jsonb) to public;

  -- What validators and the functions behind views call.
  execute format('grant execute on function
    torque.refuse(text, text, jsonb), torque.role(text), torque.context(), torque.caller(),
    torque.caller_of(uuid), torque.refuse_old_snapshot(), torque.refuse_values(text, jsonb, uuid),
    torque.list_errors(jsonb, jsonb, jsonb),
    torque.value_problems(jsonb, jsonb), torque.problem(jsonb, jsonb, text, text, jsonb),
    torque.range_problems(jsonb, jsonb, text, numeric), torque.pattern(text), torque.date_pattern(),
    torque.uuid_pattern(), torque.email_pattern(), torque.url_pattern(),
      torque.without_nulls(jsonb),
    torque.datetime_text(timestamptz), torque.canonical_datetime(jsonb, text),
      torque.canonical_decimal(jsonb, integer),
    torque.canonical_integer(jsonb), torque.canonical_choices(jsonb), torque.json_problem(jsonb),
    torque.retyped(jsonb, jsonb), torque.refuse_system_columns(boolean, boolean, boolean, boolean),
    torque.refuse_ends(text, boolean, boolean)
    to %I, %I', v_server, v_views);
  execute format('grant select on torque.relationships, torque.entity_types to %I', v_views);

  -- The running server.
  execute format('grant execute on function torque.current_epoch(), torque.maintain_partitions(timestamptz),
    torque.setting(text, text), torque.check_pattern(text),
      torque.list_relationships(uuid) to %I', v_server);
  execute format('grant select on all tables in schema torque to %I', v_server);
  execute format('revoke select on torque.entities from %I', v_server);
  execute format('grant insert, update on torque.models, torque.callers, torque.api_keys, torque.sign_in_links,
    torque.sign_in_sessions, torque.system_config to %I', v_server);
  execute format('grant insert on torque.model_versions, torque.performance_metrics, torque.audited_calls to %I', v_server);
  execute format('grant delete on torque.sign_in_links, torque.sign_in_sessions to %I', v_server);
  execute format('grant insert, update, delete on torque.preferences, torque.secrets, torque.kept_values to %I', v_server);
  execute format('grant update on torque.applications to %I', v_server);
end
$grants$;

-- An application's views, for this database's people and for the roles its config names under
-- sql_roles.
create or replace function torque.apply_grants(application_id uuid) returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_application torque.applications;
  v_name        text;
  v_readers     text;
  v_writers     text;
begin
  select * into strict v_application from torque.applications a
    where a.id = apply_grants.application_id;
  -- Roles that the config names and nobody has made yet are passed over: a deploy does not fail for
  -- them.
  select string_agg(distinct quote_ident(rolname), ', ') into v_writers
  from pg_catalog.pg_roles
  where rolname = torque.role('write')
    or v_application.config #> '{sql_roles,write}' ? rolname::text;
  select string_agg(distinct quote_ident(rolname), ', ') into v_readers
  from pg_catalog.pg_roles
  where rolname in (torque.role('read'), torque.role('write'))
    or v_application.config #> '{sql_roles,write}' ? rolname::text
    or v_application.config #> '{sql_roles,read}' ? rolname::text;

  execute format('grant usage on schema %I to %s', v_application.slug, v_readers);
  for v_name in
    select c.relname from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = v_application.slug and c.relkind = 'v'
      and pg_get_userbyid(c.relowner) = torque.role('views')
  loop
    execute format('grant select on %I.%I to %s', v_application.slug, v_name, v_readers);
    execute format('grant insert, update, delete on %I.%I to %s', v_application.slug, v_name,
      v_writers);
  end loop;
  for v_name in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p
      join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = v_application.slug and pg_get_userbyid(p.proowner) = torque.role('views')
  loop
    execute format('revoke execute on function %s from public', v_name);
    execute format('grant execute on function %s to %s', v_name, v_writers);
  end loop;
  for v_name in
    select p.oid::regprocedure::text from pg_catalog.pg_proc p
      join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = v_application.slug || '_data'
      and p.proname in ('sequence_changes', 'match_triggers', 'fold_counters', 'prune')
  loop
    execute format('grant execute on function %s to %I', v_name, torque.role('server'));
  end loop;
end
$$;

comment on function torque.apply_grants(uuid) is 'Grants an application''s views to people and its feed functions to the server.';
