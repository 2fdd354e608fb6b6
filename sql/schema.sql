-- PostgreSQL database dump

-- Name: torque; Type: SCHEMA; Schema: -; Owner: prefix_owner

CREATE SCHEMA torque;

ALTER SCHEMA torque OWNER TO prefix_owner;

-- Name: add_step(uuid, text, text, text, boolean, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.add_step(deployment_id uuid, phase text, title text, statement text, in_transaction boolean DEFAULT true, makes text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
begin
  insert into torque.deploy_steps (deployment_id, ordinal, phase, title, statement, in_transaction, makes)
  select add_step.deployment_id, coalesce(max(ordinal), 0) + 1, add_step.phase, add_step.title,
    add_step.statement,
    add_step.in_transaction, add_step.makes
  from torque.deploy_steps s
  where s.deployment_id = add_step.deployment_id;
end
$$;

ALTER FUNCTION torque.add_step(deployment_id uuid, phase text, title text, statement text, in_transaction boolean, makes text) OWNER TO prefix_owner;

-- Name: apply_application_logic(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.apply_application_logic(application_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_type     torque.entity_types;
  v_is_newer boolean := false;
begin
  perform torque.write_feed_functions(apply_application_logic.application_id);
  perform torque.write_match_functions(apply_application_logic.application_id);
  for v_type in
    select * from torque.entity_types t
    where t.application_id = apply_application_logic.application_id
      and t.retired_at is null and t.model_version is not null
      and t.generator_version < torque.generator_version()
    order by t.id
  loop
    perform torque.generate_entity_type(v_type.id);
    v_is_newer := true;
  end loop;
  if v_is_newer then
    perform torque.register_relationships(apply_application_logic.application_id, v.model_json)
    from torque.applications a
    join torque.model_versions v on v.model_id = a.model_id and v.version = a.model_version
    where a.id = apply_application_logic.application_id;
  end if;
  perform torque.apply_grants(apply_application_logic.application_id);
end
$$;

ALTER FUNCTION torque.apply_application_logic(application_id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION apply_application_logic(application_id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.apply_application_logic(application_id uuid) IS 'Makes an application''s generated functions again.';

-- Name: apply_grants(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.apply_grants(application_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION torque.apply_grants(application_id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION apply_grants(application_id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.apply_grants(application_id uuid) IS 'Grants an application''s views to people and its feed functions to the server.';

-- Name: build_object(text[]); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.build_object(pairs text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(string_agg(format('jsonb_build_object(%s)', part), ' || ' order by chunk),
    '''{}''::jsonb')
  from (
    select (ordinal - 1) / 40 as chunk, string_agg(pair, ', ' order by ordinal) as part
    from unnest(build_object.pairs) with ordinality as each(pair, ordinal)
    group by (ordinal - 1) / 40
  ) chunked
$$;

ALTER FUNCTION torque.build_object(pairs text[]) OWNER TO prefix_owner;

-- Name: caller(); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.caller() RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$ begin return coalesce(torque.context() ->> 'caller', session_user); end $$;

ALTER FUNCTION torque.caller() OWNER TO prefix_owner;

-- Name: FUNCTION caller(); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.caller() IS 'Who writes: the server''s caller, else the login.';

-- Name: caller_of(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.caller_of(entity_id uuid) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_ctx jsonb := torque.context();
begin
  return coalesce(v_ctx #>> array['by', caller_of.entity_id::text, 'caller'], v_ctx ->> 'caller',
    session_user);
end
$$;

ALTER FUNCTION torque.caller_of(entity_id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION caller_of(entity_id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.caller_of(entity_id uuid) IS 'Who writes this entity: the server''s caller, else the login.';

-- Name: canonical_choices(jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.canonical_choices(value jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when jsonb_typeof(canonical_choices.value) = 'array' then (
      select coalesce(jsonb_agg(chosen.element order by chosen.first), '[]')
      from (
        select element, min(ordinal) as first
        from jsonb_array_elements(canonical_choices.value) with ordinality as each(element, ordinal)
        group by element
      ) chosen)
    else canonical_choices.value
  end
$$;

ALTER FUNCTION torque.canonical_choices(value jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION canonical_choices(value jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.canonical_choices(value jsonb) IS 'A MultiEnum with each value once, in the order they were first given.';

-- Name: canonical_datetime(jsonb, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.canonical_datetime(value jsonb, zone text) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $_$
declare
  v_text text := canonical_datetime.value #>> '{}';
  v_at   timestamptz;
begin
  if jsonb_typeof(canonical_datetime.value) <> 'string'
     or (v_text collate "C") !~ ('^' || torque.date_pattern()
       || '[Tt ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.]\d{1,9})?)?(?:[Zz]|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?$') then
    return canonical_datetime.value;
  end if;
  -- Without an offset the text is a wall clock: the application's.
  if substr(v_text, 12) ~ '[Zz+-]' then
    v_at := v_text::timestamptz;
  else
    v_at := v_text::timestamp at time zone canonical_datetime.zone;
  end if;
  if v_at < '0001-01-01 00:00:00+00' or v_at >= '10000-01-01 00:00:00+00' then
    return canonical_datetime.value;
  end if;
  return to_jsonb(torque.datetime_text(v_at));
end
$_$;

ALTER FUNCTION torque.canonical_datetime(value jsonb, zone text) OWNER TO prefix_owner;

-- Name: FUNCTION canonical_datetime(value jsonb, zone text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.canonical_datetime(value jsonb, zone text) IS 'An ISO 8601 instant in the canonical form; without an offset it is read in the application''s time zone.';

-- Name: canonical_decimal(jsonb, integer); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.canonical_decimal(value jsonb, scale integer) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
  v_number numeric;
begin
  case jsonb_typeof(canonical_decimal.value)
    when 'number' then
      v_number := canonical_decimal.value::numeric;
      -- 9 kB of 1e131071 would become 131 MB as text: compared, never printed.
      if v_number not between -1e100 and 1e100 then
        return canonical_decimal.value;
      end if;
    when 'string' then
      if ((canonical_decimal.value #>> '{}') collate "C") !~ '^[+-]?(\d{1,100}([.]\d{0,100})?|[.]\d{1,100})$' then
        return canonical_decimal.value;
      end if;
      v_number := (canonical_decimal.value #>> '{}')::numeric;
    else
      return canonical_decimal.value;
  end case;
  if round(v_number, canonical_decimal.scale) <> v_number then
    return canonical_decimal.value;
  end if;
  return to_jsonb(round(v_number, canonical_decimal.scale)::text);
end
$_$;

ALTER FUNCTION torque.canonical_decimal(value jsonb, scale integer) OWNER TO prefix_owner;

-- Name: FUNCTION canonical_decimal(value jsonb, scale integer); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.canonical_decimal(value jsonb, scale integer) IS 'An exact decimal as text at its declared scale; never rounded.';

-- Name: canonical_integer(jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.canonical_integer(value jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when jsonb_typeof(canonical_integer.value) = 'number'
     and canonical_integer.value::numeric between -9007199254740991 and 9007199254740991
     and trunc(canonical_integer.value::numeric) = canonical_integer.value::numeric
    then to_jsonb(trunc(canonical_integer.value::numeric))
    else canonical_integer.value
  end
$$;

ALTER FUNCTION torque.canonical_integer(value jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION canonical_integer(value jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.canonical_integer(value jsonb) IS '5.0 is 5: an index expression reads the text as bigint.';

-- Name: canonical_value(jsonb, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.canonical_value(property jsonb, zone text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
#variable_conflict use_column
declare
  v_key   text := property ->> 'key';
  v_ascii text := format('((new.data->>%L) collate "C")', v_key);
  v_when  text;
  v_call  text;
begin
  -- Until a retyped property's values are written anew, whoever touches a row brings it along.
  if property ? 'was' then
    return format(E'  if new.data ? %1$L and torque.value_problems(%2$L::jsonb, new.data->%1$L) <> ''[]'' then\n'
      '    new.data := new.data || jsonb_build_object(%1$L, coalesce(torque.retyped(new.data->%1$L, %2$L::jsonb), new.data->%1$L));\n'
      '  end if;\n', v_key, property - 'was') || coalesce(torque.canonical_value(property - 'was',
        zone), '');
  end if;
  case property ->> 'type'
    when 'Integer' then
      v_when := format('(case jsonb_typeof(new.data->%1$L) when ''number'' then scale((new.data->%1$L)::numeric) > 0 end)', v_key);
      v_call := format('torque.canonical_integer(new.data->%L)', v_key);
    when 'Decimal' then
      v_when := format('jsonb_typeof(new.data->%L) = ''number'' or %s !~ %L', v_key, v_ascii,
        case coalesce((property ->> 'scale')::integer, 0)
          when 0 then '^(0|-?[1-9]\d{0,99})$'
          else format('^(0|-?[1-9]\d{0,99})[.]\d{%s}$', (property ->> 'scale')::integer) end);
      v_call := format('torque.canonical_decimal(new.data->%L, %s)', v_key,
        coalesce((property ->> 'scale')::integer, 0));
    when 'DateTime' then
      v_when := format('%s !~ %L', v_ascii, '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.]\d{6}Z$');
      v_call := format('torque.canonical_datetime(new.data->%L, %L)', v_key, zone);
    when 'Uuid', 'Reference' then
      v_when := format('%s ~ ''[A-F]''', v_ascii);
      v_call := format('to_jsonb(lower(new.data->>%L))', v_key);
      v_when := format('jsonb_typeof(new.data->%L) = ''string'' and %s', v_key, v_when);
    when 'MultiEnum' then
      v_when := format('(case jsonb_typeof(new.data->%1$L) when ''array'' then jsonb_array_length(new.data->%1$L) > 1 end)', v_key);
      v_call := format('torque.canonical_choices(new.data->%L)', v_key);
    else
      return null;
  end case;
  return format(E'  if (%s) then\n    new.data := new.data || jsonb_build_object(%L, %s);\n  end if;\n', v_when, v_key, v_call);
end
$_$;

ALTER FUNCTION torque.canonical_value(property jsonb, zone text) OWNER TO prefix_owner;

-- Name: check_index(integer, text, text, text[], text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.check_index(type_id integer, index_name text, kind text, property_keys text[], statement text) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_schema text;
begin
  select torque.data_schema(t.application_id) into v_schema from torque.entity_types t
    where t.id = check_index.type_id;
  perform torque.drop_broken_index(v_schema, check_index.index_name);
  if to_regclass(format('%I.%I', v_schema, check_index.index_name)) is null then
    execute statement;
  end if;
  perform torque.record_index(check_index.type_id, check_index.index_name, check_index.kind,
    check_index.property_keys);
end
$$;

ALTER FUNCTION torque.check_index(type_id integer, index_name text, kind text, property_keys text[], statement text) OWNER TO prefix_owner;

-- Name: check_pattern(text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.check_pattern(pattern text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
  if char_length(check_pattern.pattern) > 256 then
    perform torque.refuse('TQ422', 'a pattern can have at most 256 characters',
      '[{"field": "pattern", "code": "max_length", "message": "a pattern can have at most 256 characters"}]');
  end if;
  perform (''::text collate "C") ~ torque.pattern(check_pattern.pattern);
exception when invalid_regular_expression then
  perform torque.refuse('TQ422', 'the pattern cannot be read by the database: ' || sqlerrm,
    jsonb_build_array(jsonb_build_object('field', 'pattern', 'code', 'pattern', 'message',
      sqlerrm)));
end
$$;

ALTER FUNCTION torque.check_pattern(pattern text) OWNER TO prefix_owner;

-- Name: FUNCTION check_pattern(pattern text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.check_pattern(pattern text) IS 'Refuses a pattern that Postgres cannot compile; publishing a model calls it.';

-- Name: check_view(uuid, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.check_view(deployment_id uuid, key text) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_type    torque.entity_types := torque.deployed_type(check_view.deployment_id, check_view.key);
  v_view    text;
  v_retyped text[];
begin
  select format('%I.%I', a.slug, v_type.name) into v_view from torque.applications a
    where a.id = v_type.application_id;
  v_retyped := array(
    select p ->> 'name'
    from jsonb_array_elements(v_type.properties) as p
    join jsonb_array_elements(torque.describe_only(
      torque.coming_entity(check_view.deployment_id,
        check_view.key) -> 'properties')) as c on c ->> 'key' = p ->> 'key'
    where torque.sql_type(p) <> torque.sql_type(c));
  if v_retyped <> '{}' and to_regclass(v_view) is not null then
    perform torque.refuse_dependents(v_view, format('the type of %s changes',
      array_to_string(v_retyped, ', ')));
  end if;
end
$$;

ALTER FUNCTION torque.check_view(deployment_id uuid, key text) OWNER TO prefix_owner;

-- Name: coming_entity(uuid, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.coming_entity(deployment_id uuid, key text) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select entity
  from torque.deployments d
  join torque.model_versions v on v.model_id = d.model_id and v.version = d.version,
  jsonb_array_elements(v.model_json -> 'entities') as entity
  where d.id = coming_entity.deployment_id and coalesce(entity ->> 'key',
    entity ->> 'id') = coming_entity.key
$$;

ALTER FUNCTION torque.coming_entity(deployment_id uuid, key text) OWNER TO prefix_owner;

-- Name: coming_model(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.coming_model(application_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select v.model_json
  from torque.applications a
  left join torque.deployments d on d.application_id = a.id and d.state in ('planned', 'running')
  join torque.model_versions v on v.model_id = a.model_id and v.version = coalesce(d.version,
    a.model_version)
  where a.id = coming_model.application_id
$$;

ALTER FUNCTION torque.coming_model(application_id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION coming_model(application_id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.coming_model(application_id uuid) IS 'The model that the generator works from.';

-- Name: context(); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.context() RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if session_user = torque.role('server') then
    return nullif(current_setting('torque.ctx', true), '')::jsonb;
  end if;
  return null;
end
$$;

ALTER FUNCTION torque.context() OWNER TO prefix_owner;

-- Name: FUNCTION context(); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.context() IS 'Caller, origin and cause of this statement as the server told them; null for everyone else.';

-- Name: convert_values(uuid, text, text); Type: PROCEDURE; Schema: torque; Owner: prefix_owner

CREATE PROCEDURE torque.convert_values(IN deployment_id uuid, IN key text, IN property_key text)
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_type     torque.entity_types := torque.deployed_type(convert_values.deployment_id,
    convert_values.key);
  v_property jsonb;
  v_after    uuid := '00000000-0000-0000-0000-000000000000';
  v_ids      uuid[];
begin
  v_property := (select p from jsonb_array_elements(v_type.properties) as p
    where p ->> 'key' = convert_values.property_key);
  loop
    execute format('select array_agg(id), max(id::text)::uuid from (
        select id from %s where id > $1 and data ? $2 and torque.retyped(data->$2, $3) is distinct
          from data->$2
        order by id limit 2000) batch', v_type.leaf)
      into v_ids, v_after using v_after, convert_values.property_key, v_property;
    exit when v_ids is null;
    execute format('update %s set data = data || jsonb_build_object($1, coalesce(torque.retyped(data->$1, $2), data->$1))
        where id = any ($3)', v_type.leaf)
      using convert_values.property_key, v_property, v_ids;
    commit;
  end loop;
end
$_$;

ALTER PROCEDURE torque.convert_values(IN deployment_id uuid, IN key text, IN property_key text) OWNER TO prefix_owner;

-- Name: create_application(text, text, uuid, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.create_application(slug text, name text, model_id uuid, config jsonb DEFAULT '{}'::jsonb) RETURNS uuid
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_id   uuid := torque.uuidv7();
  v_data text := create_application.slug || '_data';
begin
  if create_application.slug is null or create_application.slug !~ '^[a-z][a-z0-9_]*$'
     or octet_length(create_application.slug) > 58 or create_application.slug ~ '(_data$|^pg_)'
     or create_application.slug in ('torque', 'public', 'information_schema') then
    perform torque.refuse('TQ422', 'this slug cannot name an application',
      jsonb_build_array(jsonb_build_object(
      'field', 'slug', 'code', 'pattern',
      'message',
        'a slug begins with a letter, has at most 58 of a-z, 0-9 and _, does not end in _data, '
        'and is not torque, public or a name of Postgres')));
  end if;
  if exists (select from torque.applications a where a.slug = create_application.slug)
     or exists (select from pg_catalog.pg_namespace where nspname in (create_application.slug,
       v_data)) then
    perform torque.refuse('TQ409', format('there is already an application or schema %s',
      create_application.slug),
      jsonb_build_object('slug', create_application.slug));
  end if;
  if not exists (select from torque.models m where m.id = create_application.model_id
    and m.deleted_at is null) then
    perform torque.refuse('TQ404', 'there is no such model', jsonb_build_object('model',
      create_application.model_id));
  end if;

  insert into torque.applications (id, slug, name, model_id, config)
  values (v_id, create_application.slug, create_application.name, create_application.model_id,
    coalesce(create_application.config, '{}'));

  execute format('create schema %I', create_application.slug);
  execute format('create schema %I', v_data);
  execute format('comment on schema %I is %L', create_application.slug,
    format('%s: typed views for people.', create_application.name));
  execute format('comment on schema %I is %L', v_data, format('%s: what the application owns.',
    create_application.name));

  perform torque.make_feed_tables(v_id);
  perform torque.make_execution_tables(v_id);
  perform torque.make_partitions(v_id);
  perform torque.apply_application_logic(v_id);
  return v_id;
end
$_$;

ALTER FUNCTION torque.create_application(slug text, name text, model_id uuid, config jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION create_application(slug text, name text, model_id uuid, config jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.create_application(slug text, name text, model_id uuid, config jsonb) IS 'Makes an application of a model; a deploy then gives it entity types.';

-- Name: current_epoch(); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.current_epoch() RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_fingerprint text;
  v_epoch       uuid;
  v_known       text;
  v_slug        text;
begin
  v_fingerprint := (select system_identifier from pg_control_system())::text
    || ':' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)
    || ':' || (select oid from pg_database where datname = current_database())::text;
  select epoch, fingerprint into v_epoch, v_known from torque.installation;
  if v_known = v_fingerprint then
    return v_epoch;
  end if;

  select epoch, fingerprint into v_epoch, v_known from torque.installation for update;
  if v_known = v_fingerprint then
    return v_epoch;
  end if;
  v_epoch := gen_random_uuid();
  update torque.installation set epoch = v_epoch, fingerprint = v_fingerprint;
  -- A snapshot counts only where it was taken: from here on every transaction is newer than the
  -- last step.
  if v_known is not null then
    for v_slug in select slug from torque.applications loop
      execute format('update %1$I.feed_steps set snap = ''1:1:''
        where pos = (select max(pos) from %1$I.feed_steps)', v_slug || '_data');
    end loop;
  end if;
  return v_epoch;
end
$_$;

ALTER FUNCTION torque.current_epoch() OWNER TO prefix_owner;

-- Name: FUNCTION current_epoch(); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.current_epoch() IS 'The epoch that cursors of the change feed carry; a new one after a restore or copy.';

-- Name: data_schema(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.data_schema(application_id uuid) RETURNS text
    LANGUAGE sql STABLE
    AS $$ select slug || '_data' from torque.applications where id = data_schema.application_id $$;

ALTER FUNCTION torque.data_schema(application_id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION data_schema(application_id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.data_schema(application_id uuid) IS 'The schema that holds what an application owns.';

-- Name: data_value(jsonb, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.data_value(property jsonb, value text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
  select format(case property ->> 'type'
    when 'Decimal' then '%s::text'
    when 'DateTime' then 'torque.datetime_text(%s)'
    else '%s'
  end, data_value.value)
$$;

ALTER FUNCTION torque.data_value(property jsonb, value text) OWNER TO prefix_owner;

-- Name: date_pattern(); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.date_pattern() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select '(?:(?!0000)\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)'
      || '|02-(?:0[1-9]|1\d|2[0-8]))|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)'
$$;

ALTER FUNCTION torque.date_pattern() OWNER TO prefix_owner;

-- Name: FUNCTION date_pattern(); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.date_pattern() IS 'Real calendar dates from 0001-01-01 to 9999-12-31 as a regular expression.';

-- Name: datetime_text(timestamp with time zone); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.datetime_text(at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select case
    when datetime_text.at >= '0001-01-01 00:00:00+00'
      and datetime_text.at < '10000-01-01 00:00:00+00'
    then to_char(datetime_text.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    else datetime_text.at::text  -- infinity, BC: left for the validator to refuse
  end
$$;

ALTER FUNCTION torque.datetime_text(at timestamp with time zone) OWNER TO prefix_owner;

-- Name: FUNCTION datetime_text(at timestamp with time zone); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.datetime_text(at timestamp with time zone) IS 'The one form of an instant in data and on the wire: UTC, six fraction digits, Z. Its text order is its time order.';

-- Name: default_problems(jsonb, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.default_problems(former jsonb, coming jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select case
    when jsonb_typeof(coming -> 'default_value') = 'object' and coming ->> 'type' <> 'Json'
      then '[]'
    else torque.value_problems(former, coming -> 'default_value')
  end
$$;

ALTER FUNCTION torque.default_problems(former jsonb, coming jsonb) OWNER TO prefix_owner;

-- Name: default_values(jsonb, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.default_values(properties jsonb, zone text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
#variable_conflict use_column
declare
  v_constants jsonb := '{}';
  v_code      text := '';
  v_property  jsonb;
  v_function  text;
begin
  for v_property in select value from jsonb_array_elements(default_values.properties)
    where value ? 'default_value' loop
    v_function := case
      when v_property ->> 'type' <> 'Json'
        and jsonb_typeof(v_property -> 'default_value') = 'object'
      then v_property #>> '{default_value,function}' end;
    if v_function is null then
      v_constants := v_constants || jsonb_build_object(v_property ->> 'key',
        v_property -> 'default_value');
    else
      v_code := v_code
        || format(E'    if not new.data ? %1$L then\n      new.data := new.data || jsonb_build_object(%1$L, %2$s);\n    end if;\n',
        v_property ->> 'key',
        case
          when v_function = 'caller' then 'torque.caller_of(new.id)'
          when v_property ->> 'type' = 'Date'
            then format('to_char(now() at time zone %L, ''YYYY-MM-DD'')', zone)
          else 'torque.datetime_text(now())'
        end);
    end if;
  end loop;
  if v_constants <> '{}' then
    v_code := format(E'    new.data := %L::jsonb || new.data;\n', v_constants) || v_code;
  end if;
  return v_code;
end
$_$;

ALTER FUNCTION torque.default_values(properties jsonb, zone text) OWNER TO prefix_owner;

-- Name: deploy_xflows(uuid, uuid, integer); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.deploy_xflows(application_id uuid, model_id uuid, version integer) RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
  v_model  jsonb;
  v_data   text := torque.data_schema(deploy_xflows.application_id);
  v_keys   text[];
begin
  select v.model_json into strict v_model from torque.model_versions v
  where v.model_id = deploy_xflows.model_id and v.version = deploy_xflows.version;

  insert into torque.xflows as x (application_id, key, name, description, version, model_version,
    dag_json,
    input_schema, output_schema, error_schema, enabled, priority, max_execution_time_ms)
  select deploy_xflows.application_id, xflow ->> 'id', coalesce(xflow ->> 'name', xflow ->> 'id'),
    xflow ->> 'description', coalesce(xflow ->> 'version', '1.0.0'), deploy_xflows.version, xflow,
    coalesce(xflow -> 'input_schema', '{}'), coalesce(xflow -> 'output_schema', '{}'),
    coalesce(xflow -> 'error_schema', '{}'), coalesce((xflow ->> 'enabled')::boolean, true),
    coalesce((xflow ->> 'priority')::integer, 5),
      coalesce((xflow ->> 'max_execution_time_ms')::integer, 30000)
  from jsonb_array_elements(v_model -> 'xflows') as xflow
  where xflow ->> 'id' is not null
  on conflict on constraint xflows_are_unique_by_version
  do update set retired_at = null, updated_at = now();
  update torque.xflows x set retired_at = now()
  where x.application_id = deploy_xflows.application_id and x.retired_at is null
    and x.model_version <> deploy_xflows.version;

  -- Lifecycle hooks after the commit are triggers; the blocking ones are the server's.
  -- An xflow's own triggers have its key before theirs, and their settings as they stand.
  execute format($sql$
    with hooks as (
      select t.id as entity_type_id, x.id as xflow_id,
        t.key || '.' || coalesce(hook ->> 'event', hook ->> 'hook_type') || '.'
          || (hook ->> 'xflow_id') as key,
        coalesce(hook ->> 'event', hook ->> 'hook_type') as trigger_type,
        jsonb_strip_nulls(jsonb_build_object(
          'condition', hook -> 'condition', 'self', hook -> 'self',
          -- By storage key: a renamed property is still the one that is meant.
          'changed', (
            select jsonb_agg(coalesce(property ->> 'key', property ->> 'id', property ->> 'name'))
            from jsonb_array_elements(entity -> 'properties') as property
            where hook -> 'changed' ? (property ->> 'name')))) as config
      from jsonb_array_elements($1 -> 'entities') as entity
      cross join lateral jsonb_array_elements(
        case jsonb_typeof(entity -> 'lifecycle_hooks') when 'array'
          then entity -> 'lifecycle_hooks' else '[]' end) as hook
      join torque.entity_types t on t.application_id = $2 and t.key = coalesce(entity ->> 'key',
        entity ->> 'id')
      join torque.xflows x on x.application_id = $2 and x.model_version = $3
        and x.key = hook ->> 'xflow_id'
      where coalesce(hook ->> 'event', hook ->> 'hook_type') in ('OnCreate', 'OnUpdate',
        'OnDelete', 'OnPersist')
        and coalesce((hook ->> 'enabled')::boolean, true) and x.enabled
    ), own as (
      select null::integer as entity_type_id, x.id as xflow_id, x.key || '.' || (entry ->> 'id') as key,
        entry ->> 'type' as trigger_type, entry - array['id', 'type', 'enabled'] as config
      from torque.xflows x
      cross join lateral jsonb_array_elements(coalesce(x.dag_json -> 'triggers', '[]')) as entry
      where x.application_id = $2 and x.model_version = $3 and x.enabled
        and coalesce((entry ->> 'enabled')::boolean, true)
    ), every as (
      select entity_type_id, xflow_id, key, trigger_type, config from hooks
      union all
      select entity_type_id, xflow_id, key, trigger_type, config from own
    ), written as (
      insert into %1$I.xflow_triggers as w (key, xflow_id, trigger_type, entity_type_id,
        trigger_config)
      select distinct on (key) key, xflow_id, trigger_type, entity_type_id, config from every order by key, trigger_type
      on conflict (key) do update
      set xflow_id = excluded.xflow_id, trigger_type = excluded.trigger_type,
        entity_type_id = excluded.entity_type_id, trigger_config = excluded.trigger_config,
          enabled = true, fault = null
      returning w.key
    )
    select array_agg(key) from written
  $sql$, v_data) into v_keys using v_model, deploy_xflows.application_id, deploy_xflows.version;
  execute format('update %I.xflow_triggers set enabled = false where key <> all ($1)', v_data)
    using coalesce(v_keys, '{}');
end
$_$;

ALTER FUNCTION torque.deploy_xflows(application_id uuid, model_id uuid, version integer) OWNER TO prefix_owner;

-- Name: FUNCTION deploy_xflows(application_id uuid, model_id uuid, version integer); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.deploy_xflows(application_id uuid, model_id uuid, version integer) IS 'Registers a version''s xflows and what starts them: hooks of its entities and triggers of their own.';

-- Name: entity_types; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.entity_types (
    id integer NOT NULL,
    application_id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    label text NOT NULL,
    leaf text NOT NULL,
    definition jsonb NOT NULL,
    properties jsonb DEFAULT '[]'::jsonb NOT NULL,
    access jsonb DEFAULT '{}'::jsonb NOT NULL,
    model_version integer,
    generator_version integer DEFAULT 0 NOT NULL,
    retired_at timestamp with time zone
);

ALTER TABLE torque.entity_types OWNER TO prefix_owner;

-- Name: TABLE entity_types; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.entity_types IS 'A kind of thing in an application, and the table (leaf) that holds its entities.';

-- Name: COLUMN entity_types.key; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.entity_types.key IS 'Immutable storage key; leaf, functions and indexes are named by it.';

-- Name: COLUMN entity_types.name; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.entity_types.name IS 'Outside name: the entity''s id in the model, and its view''s name.';

-- Name: COLUMN entity_types.leaf; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.entity_types.leaf IS 'The leaf, qualified and quoted, ready for a statement.';

-- Name: COLUMN entity_types.definition; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.entity_types.definition IS 'The entity as the live model version has it.';

-- Name: COLUMN entity_types.properties; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.entity_types.properties IS 'In model order: name, key, type, expr, sort_expr, text_search, indexed, unique, … (see sql/logic/30_entity_type.sql).';

-- Name: COLUMN entity_types.model_version; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.entity_types.model_version IS 'Null while a first deploy is still preparing the type.';

-- Name: COLUMN entity_types.generator_version; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.entity_types.generator_version IS 'Which generator made the type''s functions; an older one is made again.';

-- Name: deployed_type(uuid, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.deployed_type(deployment_id uuid, key text) RETURNS torque.entity_types
    LANGUAGE sql STABLE
    AS $$
  select t
  from torque.entity_types t
  join torque.deployments d on d.application_id = t.application_id
  where d.id = deployed_type.deployment_id and t.key = deployed_type.key
$$;

ALTER FUNCTION torque.deployed_type(deployment_id uuid, key text) OWNER TO prefix_owner;

-- Name: describe_only(jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.describe_only(properties jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(jsonb_agg(torque.describe_property(value) order by ordinal), '[]')
  from jsonb_array_elements(describe_only.properties) with ordinality as each(value, ordinal)
$$;

ALTER FUNCTION torque.describe_only(properties jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION describe_only(properties jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.describe_only(properties jsonb) IS 'Properties as recorded, references not resolved: enough to plan.';

-- Name: describe_properties(uuid, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.describe_properties(application_id uuid, properties jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
declare
  v_each   jsonb;
  v_result jsonb := '[]';
  v_target torque.entity_types;
begin
  for v_each in
    select torque.describe_property(value)
    from jsonb_array_elements(describe_properties.properties) with ordinality as each(value,
      ordinal)
    order by ordinal
  loop
    if v_each ->> 'type' = 'Reference' then
      -- The type as the coming version names it: a deploy registers new types before it generates
      -- anything.
      select * into v_target
      from torque.entity_types t
      where t.application_id = describe_properties.application_id
        and t.key = torque.entity_key(describe_properties.application_id, v_each ->> 'target');
      if not found then
        perform torque.refuse('TQ422', format('%s refers to %s, which is not an entity',
          v_each ->> 'name', v_each ->> 'target'),
          jsonb_build_array(jsonb_build_object('field', v_each ->> 'name', 'code', 'reference',
            'message', format('there is no entity %s', v_each ->> 'target'))));
      end if;
      v_each := v_each || jsonb_build_object('target_leaf', v_target.leaf, 'target_type_id',
        v_target.id);
    end if;
    v_result := v_result || v_each;
  end loop;
  return v_result;
end
$$;

ALTER FUNCTION torque.describe_properties(application_id uuid, properties jsonb) OWNER TO prefix_owner;

-- Name: describe_property(jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.describe_property(property jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS $$
#variable_conflict use_column
declare
  v_type   jsonb := property -> 'property_type';
  v_kind   text  := property #>> '{property_type,type}';
  v_key    text  := coalesce(property ->> 'key', property ->> 'id', property ->> 'name');
  v_expr   text;
  v_short  boolean := coalesce((property #>> '{property_type,max_length}')::integer <= 500, false);
  v_values jsonb;
begin
  v_expr := case v_kind
    when 'String'    then format('(data->>%L)', v_key)
    when 'Text'      then format('(data->>%L)', v_key)
    when 'Integer'   then format('((data->>%L)::bigint)', v_key)
    when 'Decimal'   then format('((data->>%L)::numeric)', v_key)
    when 'Boolean'   then format('((data->>%L)::boolean)', v_key)
    when 'MultiEnum' then format('(data->%L)', v_key)
    when 'Json'      then format('(data->%L)', v_key)
    when 'Enum'      then format('((data->>%L) collate "C")', v_key)
    when 'Date'      then format('torque.to_date_v1(data->>%L)', v_key)
    when 'DateTime'  then format('torque.to_ts_v1(data->>%L)', v_key)
    when 'Uuid'      then format('((data->>%L)::uuid)', v_key)
    when 'Reference' then format('((data->>%L)::uuid)', v_key)
  end;
  if v_expr is null then
    perform torque.refuse('TQ422', format('the property %s has no known type', property ->> 'name'),
      jsonb_build_array(jsonb_build_object('field', property ->> 'name', 'code', 'type',
        'message', format('%s is not a property type', coalesce(v_kind, 'nothing')))));
  end if;
  if v_kind in ('Enum', 'MultiEnum') then
    select jsonb_agg(case when jsonb_typeof(choice) = 'object' then choice -> 'value'
      else choice end order by ordinal)
    into v_values
    from jsonb_array_elements(v_type -> 'values') with ordinality as each(choice, ordinal);
  end if;
  return jsonb_strip_nulls(jsonb_build_object(
    'name', property ->> 'name',
    'key', v_key,
    'type', v_kind,
    'label', coalesce(property ->> 'label', property ->> 'name'),
    'required', coalesce((property ->> 'required')::boolean, false),
    'unique', coalesce((property ->> 'unique')::boolean, false)
      or (v_kind = 'Reference' and coalesce((v_type ->> 'one_to_one')::boolean, false)),
    'indexed', coalesce((property ->> 'indexed')::boolean, false) or v_kind = 'Reference',
    'searchable', coalesce((property ->> 'searchable')::boolean, false),
    'sensitive', coalesce((property ->> 'sensitive')::boolean, false),
    'messages', property -> 'messages',
    'max_length', v_type -> 'max_length', 'min_length', v_type -> 'min_length',
    'pattern', v_type -> 'pattern', 'format', v_type -> 'format',
    'min', v_type -> 'min', 'max', v_type -> 'max', 'scale', v_type -> 'scale',
    'values', v_values,
    'target', v_type -> 'target_entity',
    'on_delete', case when v_kind = 'Reference' then coalesce(v_type ->> 'on_delete',
      'restrict') end,
    'one_to_one', case when v_kind = 'Reference' then coalesce((v_type ->> 'one_to_one')::boolean,
      false) end,
    'expr', v_expr,
    'sort_expr', case when v_kind in ('String', 'Text') and not v_short
      then format('left((data->>%L), 200)', v_key) else v_expr end,
    'text_search', case
      when v_kind in ('String', 'Text') and coalesce((property ->> 'searchable')::boolean, false)
      then format('(data->>%L)', v_key) end))
    -- A default may be an empty object or hold nulls inside: not for strip_nulls.
    || case when jsonb_typeof(property -> 'default_value') <> 'null'
       then jsonb_build_object('default_value', property -> 'default_value') else '{}' end;
end
$$;

ALTER FUNCTION torque.describe_property(property jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION describe_property(property jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.describe_property(property jsonb) IS 'A property of the model document as entity_types.properties records it.';

-- Name: digest_v1(text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.digest_v1(value text) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ select sha256(convert_to(digest_v1.value, 'UTF8')) $$;

ALTER FUNCTION torque.digest_v1(value text) OWNER TO prefix_owner;

-- Name: FUNCTION digest_v1(value text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.digest_v1(value text) IS 'SHA-256 of a text: what unique indexes on long texts stand on.';

-- Name: drop_application(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.drop_application(id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_application torque.applications;
  v_leaf        record;
begin
  select * into v_application from torque.applications a
    where a.id = drop_application.id for update;
  if not found then
    perform torque.refuse('TQ404', 'there is no such application',
      jsonb_build_object('application', drop_application.id));
  end if;
  -- Detached first: dropping a partition locks its parent, and every reader of the parent with it.
  for v_leaf in
    select c.oid::regclass as leaf, p.inhparent::regclass as parent
    from pg_catalog.pg_class c
    join pg_catalog.pg_inherits p on p.inhrelid = c.oid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_class parent on parent.oid = p.inhparent
    where n.nspname = v_application.slug || '_data'
      and parent.relnamespace = 'torque'::regnamespace
      and c.relkind in ('r', 'p')
  loop
    execute format('alter table %s detach partition %s', v_leaf.parent, v_leaf.leaf);
  end loop;
  execute format('drop schema if exists %I cascade', v_application.slug);
  execute format('drop schema if exists %I cascade', v_application.slug || '_data');
  delete from torque.kept_values k where k.application_id = drop_application.id;
  delete from torque.applications a where a.id = drop_application.id;
end
$$;

ALTER FUNCTION torque.drop_application(id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION drop_application(id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.drop_application(id uuid) IS 'Removes an application with everything it owns. Nothing of it can be undone.';

-- Name: drop_broken_index(text, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.drop_broken_index(schema text, index_name text) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
begin
  if exists (
    select from pg_catalog.pg_index i
    where i.indexrelid = to_regclass(format('%I.%I', schema, drop_broken_index.index_name))
      and not i.indisvalid) then
    execute format('drop index %I.%I', schema, drop_broken_index.index_name);
  end if;
end
$$;

ALTER FUNCTION torque.drop_broken_index(schema text, index_name text) OWNER TO prefix_owner;

-- Name: FUNCTION drop_broken_index(schema text, index_name text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.drop_broken_index(schema text, index_name text) IS 'Removes what a build that broke off has left.';

-- Name: drop_leaf(integer); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.drop_leaf(type_id integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_type torque.entity_types;
  v_data text;
  v_slug text;
begin
  select * into strict v_type from torque.entity_types t where t.id = drop_leaf.type_id;
  select slug into v_slug from torque.applications a where a.id = v_type.application_id;
  execute format('drop function if exists %I.%I(uuid, jsonb)', v_slug, torque.object_name('upsert_', v_type.name));
  execute format('drop view if exists %I.%I', v_slug, v_type.name);
  v_data := torque.data_schema(v_type.application_id);
  if to_regclass(v_type.leaf) is not null then
    execute format('alter table torque.entities detach partition %s', v_type.leaf);
    execute format('drop table %s cascade', v_type.leaf);
  end if;
  execute format('drop function if exists %I.%I()', v_data, torque.object_name('check_',
    v_type.key));
  execute format('drop function if exists %I.%I()', v_data, torque.object_name('delete_',
    v_type.key));
  execute format('drop function if exists %I.%I()', v_data, torque.object_name('write_',
    v_type.key));
  delete from torque.entity_types t where t.id = v_type.id;
end
$$;

ALTER FUNCTION torque.drop_leaf(type_id integer) OWNER TO prefix_owner;

-- Name: drop_leaf_index(text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.drop_leaf_index(index_name text) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_schema text;
begin
  select torque.data_schema(l.application_id) into v_schema
  from torque.leaf_indexes l where l.index_name = drop_leaf_index.index_name;
  if v_schema is not null then
    execute format('drop index if exists %I.%I', v_schema, drop_leaf_index.index_name);
    delete from torque.leaf_indexes l where l.index_name = drop_leaf_index.index_name;
  end if;
end
$$;

ALTER FUNCTION torque.drop_leaf_index(index_name text) OWNER TO prefix_owner;

-- Name: drop_old_partitions(regclass, timestamp with time zone, boolean); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.drop_old_partitions(parent regclass, before timestamp with time zone, by_id boolean DEFAULT false) RETURNS integer
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_child   record;
  v_end     text;
  v_dropped integer := 0;
begin
  for v_child in
    select c.oid::regclass as name, pg_get_expr(c.relpartbound, c.oid) as bound
    from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
    where i.inhparent = drop_old_partitions.parent
  loop
    v_end := substring(v_child.bound from 'TO \(''([^'']+)''\)');
    if (case when by_id then v_end::uuid <= torque.least_uuidv7(before)
      else v_end::timestamptz <= before end) then
      execute format('alter table %s detach partition %s', drop_old_partitions.parent,
        v_child.name);
      execute format('drop table %s', v_child.name);
      v_dropped := v_dropped + 1;
    end if;
  end loop;
  return v_dropped;
end
$$;

ALTER FUNCTION torque.drop_old_partitions(parent regclass, before timestamp with time zone, by_id boolean) OWNER TO prefix_owner;

-- Name: email_pattern(); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.email_pattern() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$ select '^[^@[:space:]<>()"]+@[^@[:space:].<>()"]+([.][^@[:space:].<>()"]+)+$' $_$;

ALTER FUNCTION torque.email_pattern() OWNER TO prefix_owner;

-- Name: entity_key(uuid, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.entity_key(application_id uuid, name text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select coalesce(entity ->> 'key', entity ->> 'id')
  from jsonb_array_elements(torque.coming_model(entity_key.application_id) -> 'entities') as entity
  where entity ->> 'id' = entity_key.name
$$;

ALTER FUNCTION torque.entity_key(application_id uuid, name text) OWNER TO prefix_owner;

-- Name: fill_default(uuid, text, text); Type: PROCEDURE; Schema: torque; Owner: prefix_owner

CREATE PROCEDURE torque.fill_default(IN deployment_id uuid, IN key text, IN property_key text)
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_type     torque.entity_types := torque.deployed_type(fill_default.deployment_id,
    fill_default.key);
  v_property jsonb;
  v_value    jsonb;
  v_after    uuid := '00000000-0000-0000-0000-000000000000';
  v_ids      uuid[];
begin
  select torque.describe_property(p) into v_property
  from jsonb_array_elements(torque.coming_entity(fill_default.deployment_id,
    fill_default.key) -> 'properties') as p
  where torque.describe_property(p) ->> 'key' = fill_default.property_key;
  v_value := v_property -> 'default_value';
  if v_property ->> 'type' <> 'Json' and jsonb_typeof(v_value) = 'object' then
    v_value := case
      when v_value ->> 'function' = 'caller' then to_jsonb(torque.caller())
      when v_property ->> 'type' = 'Date'
        then to_jsonb(to_char(now() at time zone torque.zone(v_type.application_id), 'YYYY-MM-DD'))
      else to_jsonb(torque.datetime_text(now()))
    end;
  end if;
  loop
    execute format('select array_agg(id), max(id::text)::uuid from (
        select id from %s where id > $1 and not data ? $2
          order by id limit 2000) batch', v_type.leaf)
      into v_ids, v_after using v_after, fill_default.property_key;
    exit when v_ids is null;
    execute format('update %s set data = data || jsonb_build_object($1, $2) where id = any ($3) and not data ? $1', v_type.leaf)
      using fill_default.property_key, v_value, v_ids;
    commit;
  end loop;
end
$_$;

ALTER PROCEDURE torque.fill_default(IN deployment_id uuid, IN key text, IN property_key text) OWNER TO prefix_owner;

-- Name: PROCEDURE fill_default(IN deployment_id uuid, IN key text, IN property_key text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON PROCEDURE torque.fill_default(IN deployment_id uuid, IN key text, IN property_key text) IS 'Gives stored entities the default of a property that becomes required.';

-- Name: finish_deploy(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.finish_deploy(deployment_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_deployment torque.deployments;
  v_former     integer;
  v_data       text;
begin
  select * into strict v_deployment from torque.deployments d
    where d.id = finish_deploy.deployment_id for update;
  if v_deployment.state = 'succeeded' then
    return;
  end if;
  select a.model_version into v_former from torque.applications a
    where a.id = v_deployment.application_id;
  v_data := torque.data_schema(v_deployment.application_id);
  perform torque.deploy_xflows(v_deployment.application_id, v_deployment.model_id,
    v_deployment.version);
  update torque.applications a set model_version = v_deployment.version, updated_at = now()
  where a.id = v_deployment.application_id;
  execute format('insert into %I.outbox (kind, op, version, data, updated_at, caller, origin)
    values (''model'', ''deploy'', $1, $2, now(), $3, $4)', v_data)
    using v_deployment.version::bigint,
      jsonb_build_object('version', v_deployment.version, 'former_version', v_former, 'deployment',
        v_deployment.id),
      torque.caller(), 'deploy';
  perform torque.apply_grants(v_deployment.application_id);
  update torque.deployments d set state = 'succeeded', error = null, finished_at = now()
    where d.id = v_deployment.id;
  -- The outbox's own triggers ring for entities; a deploy rings by itself.
  perform pg_notify('torque', v_deployment.application_id::text);
end
$_$;

ALTER FUNCTION torque.finish_deploy(deployment_id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION finish_deploy(deployment_id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.finish_deploy(deployment_id uuid) IS 'The version is live: the application names it and its feed says so.';

-- Name: flip_entity_type(uuid, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.flip_entity_type(deployment_id uuid, key text) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_type    torque.entity_types := torque.deployed_type(flip_entity_type.deployment_id,
    flip_entity_type.key);
  v_version integer;
begin
  select d.version into v_version from torque.deployments d
    where d.id = flip_entity_type.deployment_id;
  perform torque.flip_type(v_type.id, torque.coming_entity(flip_entity_type.deployment_id,
    flip_entity_type.key), v_version);
end
$$;

ALTER FUNCTION torque.flip_entity_type(deployment_id uuid, key text) OWNER TO prefix_owner;

-- Name: flip_relationships(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.flip_relationships(deployment_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_application uuid;
  v_model       jsonb;
begin
  select d.application_id, v.model_json into strict v_application, v_model
  from torque.deployments d join torque.model_versions v on v.model_id = d.model_id
    and v.version = d.version
  where d.id = flip_relationships.deployment_id;
  perform torque.register_relationships(v_application, v_model);
end
$$;

ALTER FUNCTION torque.flip_relationships(deployment_id uuid) OWNER TO prefix_owner;

-- Name: flip_type(integer, jsonb, integer); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.flip_type(type_id integer, entity jsonb, version integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_type       torque.entity_types;
  v_properties jsonb;
  v_transient  jsonb;
  v_other      torque.entity_types;
  v_slug       text;
begin
  select * into strict v_type from torque.entity_types t where t.id = flip_type.type_id for update;
  select slug into v_slug from torque.applications a where a.id = v_type.application_id;
  v_properties := torque.describe_properties(v_type.application_id, entity -> 'properties');

  -- Two types may swap their names: the one that still has ours steps aside until its own turn.
  select * into v_other from torque.entity_types t
  where t.application_id = v_type.application_id and t.name = entity ->> 'id' and t.id <> v_type.id
    and t.retired_at is null and t.model_version is not null;
  if found then
    update torque.entity_types t set name = 'renaming_' || t.id where t.id = v_other.id;
    if to_regclass(format('%I.%I', v_slug, v_other.name)) is not null then
      execute format('alter view %I.%I rename to %I', v_slug, v_other.name, 'renaming_'
        || v_other.id);
    end if;
  end if;

  update torque.entity_types t
  set name = entity ->> 'id', label = coalesce(entity ->> 'name', entity ->> 'id'),
    definition = entity,
    properties = v_properties, access = coalesce(entity -> 'access', '{}'),
      model_version = flip_type.version,
    generator_version = torque.generator_version(), retired_at = null
  where t.id = v_type.id;

  select coalesce(jsonb_agg(case when torque.is_retyped(f, p) then p || '{"was": true}' else p end
    order by ordinal), '[]')
  into v_transient
  from jsonb_array_elements(v_properties) with ordinality as each(p, ordinal)
  left join jsonb_array_elements(v_type.properties) as f on f ->> 'key' = p ->> 'key';
  perform torque.write_validator(v_type.id, v_transient, torque.zone(v_type.application_id));
  perform torque.write_delete_rules(v_type.id);
  perform torque.write_view(v_type.id, v_properties, v_type.properties, v_type.name);
end
$$;

ALTER FUNCTION torque.flip_type(type_id integer, entity jsonb, version integer) OWNER TO prefix_owner;

-- Name: generate_entity_type(integer); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.generate_entity_type(type_id integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_type torque.entity_types;
begin
  select * into strict v_type from torque.entity_types t where t.id = generate_entity_type.type_id;
  perform torque.flip_type(v_type.id, v_type.definition, v_type.model_version);
end
$$;

ALTER FUNCTION torque.generate_entity_type(type_id integer) OWNER TO prefix_owner;

-- Name: generator_version(); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.generator_version() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ select 3 $$;

ALTER FUNCTION torque.generator_version() OWNER TO prefix_owner;

-- Name: good_value(jsonb, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.good_value(property jsonb, data text DEFAULT 'new.data'::text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
#variable_conflict use_column
declare
  v_key    text := property ->> 'key';
  v_value  text := format('%s->%L', data, v_key);
  v_text   text := format('(%s->>%L)', data, v_key);
  v_ascii  text := format('((%s->>%L) collate "C")', data, v_key);
  v_number text := format('(%s->%L)::numeric', data, v_key);
  v_parts  text[];
  v_also   jsonb;
begin
  case property ->> 'type'
    when 'String', 'Text' then
      v_parts := array[
        format('jsonb_typeof(%s) = ''string''', v_value),
        'char_length(' || v_text || ') <= ' || (property ->> 'max_length')::integer,
        'char_length(' || v_text || ') >= ' || (property ->> 'min_length')::integer,
        v_ascii || ' ~ ' || quote_literal(torque.pattern(property ->> 'pattern')),
        case property ->> 'format'
          when 'email' then format('%s ~ %L and char_length(%s) <= 254', v_ascii,
            torque.email_pattern(), v_text)
          when 'url' then format('%s ~ %L and char_length(%s) <= 2048', v_ascii,
            torque.url_pattern(), v_text)
        end];
    when 'Integer' then
      v_parts := array[
        format('jsonb_typeof(%s) = ''number''', v_value),
        format('%s between %s and %s', v_number,
          greatest((property ->> 'min')::numeric, -9007199254740991),
            least((property ->> 'max')::numeric, 9007199254740991)),
        format('scale(%s) = 0', v_number)];
    when 'Decimal' then
      v_parts := array[
        format('jsonb_typeof(%s) = ''string''', v_value),
        format('%s ~ %L', v_ascii, case coalesce((property ->> 'scale')::integer, 0)
          when 0 then '^(0|-?[1-9]\d{0,99})$'
          else format('^-?(0|[1-9]\d{0,99})[.]\d{%s}$', (property ->> 'scale')::integer) end),
        v_text || '::numeric >= ' || (property ->> 'min')::numeric,
        v_text || '::numeric <= ' || (property ->> 'max')::numeric];
    when 'Boolean' then
      v_parts := array[format('jsonb_typeof(%s) = ''boolean''', v_value)];
    when 'Enum' then
      v_parts := array[
        format('jsonb_typeof(%s) = ''string''', v_value),
        format('%s = any (%L::text[])', v_text, torque.to_text_array(property -> 'values'))];
    when 'MultiEnum' then
      v_parts := array[
        format('jsonb_typeof(%s) = ''array''', v_value),
        format('%s <@ %L::jsonb', v_value, property -> 'values')];
    when 'Date' then
      v_parts := array[
        format('jsonb_typeof(%s) = ''string''', v_value),
        format('%s ~ %L', v_ascii, '^' || torque.date_pattern() || '$')];
    when 'DateTime' then
      v_parts := array[
        format('jsonb_typeof(%s) = ''string''', v_value),
        format('%s ~ %L', v_ascii, '^' || torque.date_pattern()
          || 'T([01]\d|2[0-3]):[0-5]\d:[0-5]\d[.]\d{6}Z$')];
    when 'Uuid', 'Reference' then
      v_parts := array[
        format('jsonb_typeof(%s) = ''string''', v_value),
        format('%s ~ %L', v_ascii, '^' || torque.uuid_pattern() || '$')];
    when 'Json' then
      v_parts := array[format('torque.json_problem(%s) is null', v_value)];
  end case;

  -- Rules of a version that is being deployed beside those of the live one.
  for v_also in select value from jsonb_array_elements(property -> 'also') loop
    v_parts := v_parts || torque.good_value(v_also - 'required', data);
  end loop;
  if property ? 'becomes' then
    v_parts := v_parts || format('torque.retyped(%s, %L::jsonb) is not null', v_value,
      property -> 'becomes');
  end if;

  v_parts := array_remove(v_parts, null);
  if (property ->> 'required')::boolean then
    return format('(%s ? %L and %s)', data, v_key, array_to_string(v_parts, ' and '));
  end if;
  return format('(not %s ? %L or (%s))', data, v_key, array_to_string(v_parts, ' and '));
end
$_$;

ALTER FUNCTION torque.good_value(property jsonb, data text) OWNER TO prefix_owner;

-- Name: FUNCTION good_value(property jsonb, data text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.good_value(property jsonb, data text) IS 'SQL that is true when data holds a good value of the property, or none where none is needed.';

-- Name: guard_entity_type(uuid, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.guard_entity_type(deployment_id uuid, key text) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_type   torque.entity_types := torque.deployed_type(guard_entity_type.deployment_id,
    guard_entity_type.key);
  v_coming jsonb;
begin
  v_coming := torque.describe_properties(v_type.application_id,
    torque.coming_entity(guard_entity_type.deployment_id, guard_entity_type.key) -> 'properties');
  perform torque.write_validator(v_type.id, torque.guard_properties(v_type.properties, v_coming),
    torque.zone(v_type.application_id));
end
$$;

ALTER FUNCTION torque.guard_entity_type(deployment_id uuid, key text) OWNER TO prefix_owner;

-- Name: FUNCTION guard_entity_type(deployment_id uuid, key text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.guard_entity_type(deployment_id uuid, key text) IS 'From here on writes satisfy the live rules and the coming ones.';

-- Name: guard_properties(jsonb, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.guard_properties(former jsonb, coming jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(
    case
      when c is null then f
      when f is null then c || '{"required": false}'
      when torque.is_retyped(f, c) then f || jsonb_build_object('becomes', c)
      -- A default that fills stored entities may be a value that only the coming version knows, and
      -- an entity that is not filled yet may still be written.
      when (c ->> 'required')::boolean and c ? 'default_value' then c || jsonb_build_object(
        'name', f ->> 'name', 'required', f -> 'required',
        'also', case torque.default_problems(f, c) when '[]' then jsonb_build_array(f)
          else '[]' end)
      else c || jsonb_build_object('name', f ->> 'name', 'also', jsonb_build_array(f))
    end order by coalesce(f_ordinal, 1000 + c_ordinal)), '[]')
  from jsonb_array_elements(guard_properties.former) with ordinality as former_each(f, f_ordinal)
  full join jsonb_array_elements(guard_properties.coming) with ordinality as coming_each(c,
    c_ordinal)
    on f ->> 'key' = c ->> 'key'
$$;

ALTER FUNCTION torque.guard_properties(former jsonb, coming jsonb) OWNER TO prefix_owner;

-- Name: has_step(uuid, text, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.has_step(deployment_id uuid, maker text, key text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select exists (
    select from torque.deploy_steps s
    where s.deployment_id = has_step.deployment_id and s.makes = has_step.maker || ' ' || has_step.key)
$$;

ALTER FUNCTION torque.has_step(deployment_id uuid, maker text, key text) OWNER TO prefix_owner;

-- Name: is_retyped(jsonb, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.is_retyped(former jsonb, coming jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(former ->> 'type' <> coming ->> 'type'
    or coalesce(former ->> 'scale', '0') <> coalesce(coming ->> 'scale', '0'), false)
$$;

ALTER FUNCTION torque.is_retyped(former jsonb, coming jsonb) OWNER TO prefix_owner;

-- Name: json_problem(jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.json_problem(value jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select case
    when jsonb_typeof(json_problem.value) in ('string', 'boolean') then null
    when json_problem.value @? 'strict $.** ? (@.type() == "number" && (@ > 1e308 || @ < -1e308))'
      or json_problem.value @? 'strict $.** ? (@.type() == "number" && @ > -1e-308 && @ < 1e-308 && @ != 0)'
      then 'number'
    when json_problem.value @? 'strict $.**{63}' then 'depth'
    when json_problem.value @? 'strict $.** ? (@.type() == "array" && @.size() > 10000)' then 'size'
    when pg_column_size(json_problem.value) > 1024 and exists (
      select from jsonb_path_query(json_problem.value,
        'strict $.** ? (@.type() == "object")') as inner_object
      where (select count(*) from jsonb_object_keys(inner_object)) > 256) then 'size'
  end
$_$;

ALTER FUNCTION torque.json_problem(value jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION json_problem(value jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.json_problem(value jsonb) IS 'number (not finite as a double), depth (over 64), size (over 256 keys or 10,000 elements), or null.';

-- Name: leaf_index_plan(integer, jsonb, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.leaf_index_plan(type_id integer, properties jsonb, definition jsonb) RETURNS TABLE(index_name text, kind text, property_keys text[], is_unique boolean, target text)
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
declare
  v_type      torque.entity_types;
  v_property  jsonb;
  v_key       text;
  v_trigram   text;
  v_short     boolean;
begin
  select * into strict v_type from torque.entity_types t where t.id = leaf_index_plan.type_id;
  select format('%I.gin_trgm_ops', n.nspname) into v_trigram
  from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
  where e.extname = 'pg_trgm';

  for v_property in select value from jsonb_array_elements(leaf_index_plan.properties) loop
    v_key := v_property ->> 'key';
    property_keys := array[v_key];
    v_short := v_property ->> 'type' not in ('String', 'Text')
      or coalesce((v_property ->> 'max_length')::integer <= 500, false);
    is_unique := (v_property ->> 'unique')::boolean and v_property ->> 'type' not in ('Json',
      'MultiEnum');
    if is_unique then
      kind := 'unique';
      -- Long texts are unique by their digest: an index entry holds at most 2,704 bytes.
      target := case
        when v_short then format('(%s)', v_property ->> 'expr')
        else format('(torque.digest_v1(data->>%L))', v_key) end;
      index_name := torque.object_name('', v_type.key || '_' || v_key, case when v_short
        then '_unique_' else '_digest_' end || v_type.id);
      return next;
    end if;
    is_unique := false;
    if (v_property ->> 'indexed')::boolean then
      if v_property ->> 'type' in ('Json', 'MultiEnum') then
        kind := 'contains';
        target := format('using gin (%s jsonb_path_ops)', v_property ->> 'expr');
      else
        kind := case when v_short then 'value' else 'sort' end;
        target := format('(%s, id)', v_property ->> 'sort_expr');
      end if;
      index_name := torque.object_name('', v_type.key || '_' || v_key, '_' || kind || '_'
        || v_type.id);
      return next;
    end if;
    if v_property ? 'text_search' and v_trigram is not null then
      kind := 'search';
      target := format('using gin (%s %s)', v_property ->> 'text_search', v_trigram);
      index_name := torque.object_name('', v_type.key || '_' || v_key, '_search_' || v_type.id);
      return next;
    end if;
  end loop;
  if coalesce((leaf_index_plan.definition ->> 'free_filters')::boolean, false) then
    kind := 'filters';
    property_keys := '{}';
    target := 'using gin (data jsonb_path_ops)';
    index_name := torque.object_name('', v_type.key, '_filters_' || v_type.id);
    return next;
  end if;
end
$$;

ALTER FUNCTION torque.leaf_index_plan(type_id integer, properties jsonb, definition jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION leaf_index_plan(type_id integer, properties jsonb, definition jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.leaf_index_plan(type_id integer, properties jsonb, definition jsonb) IS 'The indexes a leaf should have; target is what follows the leaf in create index.';

-- Name: least_uuidv7(timestamp with time zone); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.least_uuidv7(at timestamp with time zone) RETURNS uuid
    LANGUAGE sql IMMUTABLE
    AS $$
  select (lpad(to_hex((extract(epoch from least_uuidv7.at) * 1000)::bigint), 12, '0')
    || repeat('0', 20))::uuid
$$;

ALTER FUNCTION torque.least_uuidv7(at timestamp with time zone) OWNER TO prefix_owner;

-- Name: FUNCTION least_uuidv7(at timestamp with time zone); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.least_uuidv7(at timestamp with time zone) IS 'No UUIDv7 made from this instant on is less: the border of a partition by id.';

-- Name: list_errors(jsonb, jsonb, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.list_errors(properties jsonb, data jsonb, tolerated jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_property jsonb;
  v_also     jsonb;
  v_value    jsonb;
  v_found    jsonb;
  v_key      text;
  v_label    text;
  v_errors   jsonb := '[]';
begin
  if jsonb_typeof(list_errors.data) is distinct from 'object' then
    return torque.problem('[]', '{}', 'type', 'the values must be an object');
  end if;

  for v_property in select value from jsonb_array_elements(list_errors.properties) loop
    v_value := list_errors.data -> (v_property ->> 'key');
    if v_value is null or jsonb_typeof(v_value) = 'null' then
      if (v_property ->> 'required')::boolean then
        v_label := coalesce(nullif(v_property ->> 'label', ''), v_property ->> 'name');
        v_errors := torque.problem(v_errors, v_property, 'required', v_label || ' is required');
      end if;
      continue;
    end if;
    v_found := torque.value_problems(v_property, v_value);
    -- While a deploy guards its change, a value must satisfy the live rule and the coming one.
    for v_also in select value from jsonb_array_elements(v_property -> 'also') loop
      exit when v_found <> '[]';
      v_found := torque.value_problems(v_also, v_value);
    end loop;
    if v_found = '[]' and v_property ? 'becomes'
       and torque.retyped(v_value, v_property -> 'becomes') is null then
      v_found := torque.problem('[]', v_property, 'type',
        format('%s is about to become %s, which this value cannot', v_property ->> 'name',
          v_property #>> '{becomes,type}'));
    end if;
    v_errors := v_errors || v_found;
  end loop;

  for v_key in
    select key from jsonb_each(list_errors.data)
    where not exists (
      select from jsonb_array_elements(list_errors.properties) as property
        where property ->> 'key' = key)
      and value is distinct from list_errors.tolerated -> key
    order by key
  loop
    v_errors := torque.problem(v_errors, jsonb_build_object('name', left(v_key, 100)), 'unknown',
      format('there is no property %s', quote_ident(left(v_key, 100))));
    exit when jsonb_array_length(v_errors) >= 200;
  end loop;

  if pg_column_size(list_errors.data) > 262144 then
    v_errors := torque.problem(v_errors, '{}', 'size', 'the entity is larger than 256 kB');
  end if;
  return v_errors;
end
$$;

ALTER FUNCTION torque.list_errors(properties jsonb, data jsonb, tolerated jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION list_errors(properties jsonb, data jsonb, tolerated jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.list_errors(properties jsonb, data jsonb, tolerated jsonb) IS 'All errors of an entity''s values, by the properties that entity_types.properties records.';

-- Name: list_relationships(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.list_relationships(of_application uuid DEFAULT NULL::uuid) RETURNS TABLE(id uuid, application_id uuid, source_entity_id uuid, target_entity_id uuid, relationship_type text, relationship_data jsonb, created_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  v_relationship record;
begin
  for v_relationship in
    select r.*, t.leaf
    from torque.relationships r join torque.entity_types t on t.id = r.source_type_id
    where r.retired_at is null
      and (list_relationships.of_application is null
        or r.application_id = list_relationships.of_application)
    order by r.application_id, r.key
  loop
    if v_relationship.link_table is null then
      return query execute format(
        'select md5(%1$L || e.id::text)::uuid, %2$L::uuid, e.id, (e.data->>%3$L)::uuid, %4$L::text, ''{}''::jsonb, e.created_at
         from %5$s e where e.data ? %3$L',
        v_relationship.id, v_relationship.application_id, v_relationship.property_key,
          v_relationship.name, v_relationship.leaf);
    else
      return query execute format(
        'select md5(%1$L || l.source_id::text || l.target_id::text)::uuid, %2$L::uuid, l.source_id, l.target_id, %3$L::text,
           l.data, l.created_at
         from %4$s l',
        v_relationship.id, v_relationship.application_id, v_relationship.name,
          v_relationship.link_table);
    end if;
  end loop;
end
$_$;

ALTER FUNCTION torque.list_relationships(of_application uuid) OWNER TO prefix_owner;

-- Name: FUNCTION list_relationships(of_application uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.list_relationships(of_application uuid) IS 'Every connection between entities, of one application or of all.';

-- Name: lock_number(text, uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.lock_number(purpose text, application_id uuid) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $$ select hashtextextended(lock_number.purpose || ':' || lock_number.application_id, 7463001) $$;

ALTER FUNCTION torque.lock_number(purpose text, application_id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION lock_number(purpose text, application_id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.lock_number(purpose text, application_id uuid) IS 'The number of an application''s transaction-level advisory lock.';

-- Name: maintain_partitions(timestamp with time zone); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.maintain_partitions(at timestamp with time zone DEFAULT clock_timestamp()) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '200ms'
    AS $$
#variable_conflict use_column
declare
  v_application torque.applications;
  v_made        integer := 0;
  v_dropped     integer := 0;
  v_faults      jsonb := '[]';
  v_days        integer;
begin
  if not pg_try_advisory_xact_lock(torque.lock_number('partitions',
    '00000000-0000-0000-0000-000000000000')) then
    return jsonb_build_object('made', 0, 'dropped', 0, 'faults', '[]'::jsonb, 'busy', true);
  end if;

  begin
    v_made := v_made + torque.make_table_partitions('torque.performance_metrics', 'month', false,
      maintain_partitions.at)
      + torque.make_table_partitions('torque.audited_calls', 'month', false,
        maintain_partitions.at);
    v_dropped := v_dropped
      + torque.drop_old_partitions('torque.performance_metrics',
          maintain_partitions.at - torque.setting('metrics.retention_days',
            '90')::integer * interval '1 day')
      + torque.drop_old_partitions('torque.audited_calls',
          maintain_partitions.at - torque.setting('audit.retention_days',
            '400')::integer * interval '1 day');
  exception when others then
    v_faults := v_faults || jsonb_build_object('of', 'torque', 'sqlstate', sqlstate, 'message',
      sqlerrm);
  end;

  for v_application in select * from torque.applications order by id loop
    -- Each application on its own: one that is locked or broken does not keep the others from their
    -- partitions.
    begin
      v_made := v_made + torque.make_partitions(v_application.id, maintain_partitions.at);
      v_days := coalesce(v_application.config ->> 'history_retention_days',
        torque.setting('history.retention_days', null))::integer;
      if v_days is not null then
        v_dropped := v_dropped
          + torque.drop_old_partitions(format('%I.changes', v_application.slug
            || '_data')::regclass,
              maintain_partitions.at - v_days * interval '1 day')
          + torque.drop_old_partitions(format('%I.xflow_execution_history', v_application.slug
            || '_data')::regclass,
              maintain_partitions.at - v_days * interval '1 day');
      end if;
    exception when others then
      v_faults := v_faults || jsonb_build_object('of', v_application.slug, 'sqlstate', sqlstate,
        'message', sqlerrm);
    end;
  end loop;
  return jsonb_build_object('made', v_made, 'dropped', v_dropped, 'faults', v_faults);
end
$$;

ALTER FUNCTION torque.maintain_partitions(at timestamp with time zone) OWNER TO prefix_owner;

-- Name: FUNCTION maintain_partitions(at timestamp with time zone); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.maintain_partitions(at timestamp with time zone) IS 'Makes partitions three periods ahead and drops those past their retention: {made, dropped, faults}. Faults are alarms.';

-- Name: make_execution_tables(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.make_execution_tables(application_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $_$
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
$_$;

ALTER FUNCTION torque.make_execution_tables(application_id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION make_execution_tables(application_id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.make_execution_tables(application_id uuid) IS 'Makes an application''s tables of executions, triggers and firings.';

-- Name: make_feed_tables(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.make_feed_tables(application_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
  v_data   text := torque.data_schema(make_feed_tables.application_id);
  v_server text := torque.role('server');
  v_views  text := torque.role('views');
begin
  execute format($ddl$
    create table %1$I.outbox (
      id             bigint generated always as identity,
      xid            xid8    not null default pg_current_xact_id(),
      kind           text    not null default 'entity',
      entity_type_id integer,
      entity_id      uuid,
      op             text    not null,
      version        bigint,
      data           jsonb,
      old            jsonb,
      created_at     timestamptz,
      updated_at     timestamptz,
      caller         text,
      origin         text,
      cause          text,
      constraint outbox_pk primary key (id)
    ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
            autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0,
              autovacuum_analyze_threshold = 5000);
    create index outbox_xid on %1$I.outbox (xid);
    comment on table %1$I.outbox is 'Changes that have no position yet.';

    create table %1$I.feed_steps (
      pos  bigint      not null,
      at   timestamptz not null default clock_timestamp(),
      hi   bigint      not null,
      snap pg_snapshot not null,
      constraint feed_steps_pk primary key (pos)
    );
    comment on table %1$I.feed_steps is
      'What the sequencer has done, a row a step: last position given, highest outbox id taken, what was visible then.';
    insert into %1$I.feed_steps (pos, hi, snap) values (0, 0, '1:1:');

    create table %1$I.changes (like torque.changes including comments) partition by range (at);
    alter table %1$I.changes alter column application_id set default %2$L;
    alter table %1$I.changes add constraint changes_pk primary key (pos, at);
    create index changes_by_entity on %1$I.changes (entity_type_id, entity_id, pos);
    comment on table %1$I.changes is 'The application''s change feed, history and audit.';
    alter table torque.changes attach partition %1$I.changes for values in (%2$L);

    create table %1$I.counters (
      entity_type_id integer not null,
      total          bigint  not null,
      constraint counters_pk primary key (entity_type_id)
    ) with (fillfactor = 50);
    comment on table %1$I.counters is 'Entities by type; exact together with the deltas not yet folded in.';

    create table %1$I.counter_deltas (
      entity_type_id integer not null,
      delta          bigint  not null
    ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
            autovacuum_vacuum_cost_delay = 0);
    create index counter_deltas_by_type on %1$I.counter_deltas (entity_type_id) include (delta);
    comment on table %1$I.counter_deltas is 'One row a statement that made or removed entities.';

    create sequence %1$I.bell minvalue 1 maxvalue 2 start 1;
    select setval('%1$I.bell', 1);
    comment on sequence %1$I.bell is
      '2 while servers sleep and want a NOTIFY from writers, else 1. Writers only read it: a rollback cannot lose a ring.';

    create table %1$I.idempotency_keys (
      caller      text        not null,
      key         text        not null,
      fingerprint text        not null,
      reply       text,
      at          timestamptz not null default now(),
      constraint idempotency_keys_pk primary key (caller, key)
    );
    create index idempotency_keys_by_age on %1$I.idempotency_keys (at);
    comment on table %1$I.idempotency_keys is 'Replies to writes that may be sent again.';

    grant usage on schema %1$I to %3$I, %4$I;
    grant create on schema %1$I to %4$I;
    grant select, insert on %1$I.outbox to %3$I, %4$I;
    grant select on sequence %1$I.outbox_id_seq to %3$I;
    grant select, insert on %1$I.counter_deltas to %3$I, %4$I;
    grant select on %1$I.bell to %4$I;
    grant update, select on %1$I.bell to %3$I;
    grant select on %1$I.changes, %1$I.feed_steps, %1$I.counters to %3$I;
    grant select, insert, update, delete on %1$I.idempotency_keys to %3$I;
  $ddl$, v_data, make_feed_tables.application_id, v_server, v_views);
end
$_$;

ALTER FUNCTION torque.make_feed_tables(application_id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION make_feed_tables(application_id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.make_feed_tables(application_id uuid) IS 'Makes what a new application needs to record changes.';

-- Name: make_indexes(uuid, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.make_indexes(deployment_id uuid, key text) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_type   torque.entity_types;
  v_entity jsonb := torque.coming_entity(make_indexes.deployment_id, make_indexes.key);
  v_plan   record;
begin
  select t.* into strict v_type
  from torque.entity_types t join torque.deployments d on d.application_id = t.application_id
  where d.id = make_indexes.deployment_id and t.key = make_indexes.key;
  for v_plan in
    select * from torque.leaf_index_plan(v_type.id, torque.describe_only(v_entity -> 'properties'),
      v_entity)
  loop
    execute format('create %s index if not exists %I on %s %s',
      case when v_plan.is_unique then 'unique' else '' end, v_plan.index_name, v_type.leaf,
        v_plan.target);
    perform torque.record_index(v_type.id, v_plan.index_name, v_plan.kind, v_plan.property_keys);
  end loop;
end
$$;

ALTER FUNCTION torque.make_indexes(deployment_id uuid, key text) OWNER TO prefix_owner;

-- Name: make_leaf(uuid, text, text, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.make_leaf(application_id uuid, key text, name text, label text) RETURNS integer
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_schema text := torque.data_schema(make_leaf.application_id);
  v_table  text := torque.object_name('entity_', make_leaf.key);
  v_leaf   text := format('%I.%I', v_schema, v_table);
  v_id     integer;
begin
  select t.id into v_id from torque.entity_types t
  where t.application_id = make_leaf.application_id and t.key = make_leaf.key;
  if v_id is null then
    insert into torque.entity_types (application_id, key, name, label, leaf, definition)
    values (make_leaf.application_id, make_leaf.key, make_leaf.name, make_leaf.label, v_leaf, '{}')
    returning id into v_id;
  end if;
  if to_regclass(v_leaf) is not null then
    return v_id;
  end if;

  execute format('create table %s (like torque.entities including defaults including constraints including comments)', v_leaf);
  execute format('alter table %s alter column application_id set default %L, alter column entity_type_id set default %s',
    v_leaf, make_leaf.application_id, v_id);
  execute format('alter table %s add constraint %I primary key (id)', v_leaf,
    torque.object_name('', make_leaf.key, '_pk'));
  -- Every grid can be sorted by it: without, its first page of 100,000 rows sorts all of them (360 ms). It never changes, so
  -- updates stay HOT, and it grows at one end, so inserts hardly feel it.
  execute format('create index %I on %s (created_at, id)', torque.object_name('', make_leaf.key, '_created_at'), v_leaf);
  if (select 'lz4' = any (enumvals) from pg_catalog.pg_settings
    where name = 'default_toast_compression') then
    execute format('alter table %s alter column data set compression lz4', v_leaf);
  end if;
  execute format('comment on table %s is %L', v_leaf, make_leaf.label);
  execute format('alter table torque.entities attach partition %s for values in (%s)', v_leaf,
    v_id);

  perform torque.write_validator(v_id, '[]', 'UTC');
  perform torque.write_delete_rules(v_id);
  perform torque.write_leaf_triggers(v_leaf, v_schema,
    torque.object_name('check_', make_leaf.key), torque.object_name('delete_', make_leaf.key));
  -- The server writes leaves; the views' functions do for people. Nobody else has a grant.
  execute format('grant select, insert, update, delete on %s to %I, %I', v_leaf,
    torque.role('server'), torque.role('views'));
  return v_id;
end
$$;

ALTER FUNCTION torque.make_leaf(application_id uuid, key text, name text, label text) OWNER TO prefix_owner;

-- Name: FUNCTION make_leaf(application_id uuid, key text, name text, label text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.make_leaf(application_id uuid, key text, name text, label text) IS 'Makes the leaf of an entity type, once.';

-- Name: make_link_table(uuid, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.make_link_table(application_id uuid, relationship jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_data   text := torque.data_schema(make_link_table.application_id);
  v_key    text := coalesce(relationship ->> 'key', relationship ->> 'id', relationship ->> 'name');
  v_table  text := format('%I.%I', v_data, torque.object_name('link_', v_key));
  v_check  text := torque.object_name('check_link_', v_key);
  v_source torque.entity_types;
  v_target torque.entity_types;
begin
  select * into strict v_source from torque.entity_types t
  where t.application_id = make_link_table.application_id
    and t.key = torque.entity_key(make_link_table.application_id, relationship ->> 'source_entity');
  select * into strict v_target from torque.entity_types t
  where t.application_id = make_link_table.application_id
    and t.key = torque.entity_key(make_link_table.application_id, relationship ->> 'target_entity');
  if to_regclass(v_table) is not null then
    return;
  end if;
  execute format($ddl$
    create table %1$s (
      source_id  uuid        not null,
      target_id  uuid        not null,
      data       jsonb       not null default '{}',
      version    bigint      not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      constraint %2$I primary key (source_id, target_id),
      constraint %3$I foreign key (source_id) references %4$s (id)
        deferrable initially deferred,
      constraint %5$I foreign key (target_id) references %6$s (id)
        deferrable initially deferred
    );
    create index %7$I on %1$s (target_id, source_id);
    comment on table %1$s is %8$L;
  $ddl$, v_table,
    torque.object_name('link_', v_key, '_pk'),
    torque.object_name('link_', v_key, '_has_a_source'), v_source.leaf,
    torque.object_name('link_', v_key, '_has_a_target'), v_target.leaf,
    torque.object_name('link_', v_key, '_by_target'),
    format('Links of %s.', coalesce(relationship ->> 'name', v_key)));
  perform torque.write_link_validator(make_link_table.application_id, v_key,
    coalesce(relationship ->> 'id', v_key), v_source.leaf, v_target.leaf,
      torque.describe_properties(make_link_table.application_id, relationship -> 'properties'));
  execute format($ddl$
    create trigger link_is_checked before insert or update on %1$s
      for each row execute function %2$I.%3$I();
    create trigger link_create_is_recorded after insert on %1$s
      referencing new table as after_rows
        for each statement execute function %2$I.record_link(%4$L, %5$L);
    create trigger link_update_is_recorded after update on %1$s
      referencing new table as after_rows
        for each statement execute function %2$I.record_link(%4$L, %5$L);
    create trigger link_delete_is_recorded after delete on %1$s
      referencing old table as before_rows
        for each statement execute function %2$I.record_unlink(%4$L, %5$L);
    create trigger link_truncate_is_recorded before truncate on %1$s
      for each statement execute function %2$I.record_link_truncate(%4$L, %5$L);
    grant select, insert, update, delete on %1$s to %6$I, %7$I;
  $ddl$, v_table, v_data, v_check, v_key, v_source.id, torque.role('server'), torque.role('views'));
end
$_$;

ALTER FUNCTION torque.make_link_table(application_id uuid, relationship jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION make_link_table(application_id uuid, relationship jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.make_link_table(application_id uuid, relationship jsonb) IS 'Makes the link table of a many-to-many relationship.';

-- Name: make_partitions(uuid, timestamp with time zone); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.make_partitions(application_id uuid, at timestamp with time zone DEFAULT clock_timestamp()) RETURNS integer
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_data   text := torque.data_schema(make_partitions.application_id);
  v_period text;
begin
  select case coalesce(a.config ->> 'partitions', torque.setting('history.partitions', 'month'))
    when 'year' then 'year' else 'month' end
  into v_period
  from torque.applications a where a.id = make_partitions.application_id;
  return torque.make_table_partitions(format('%I.changes', v_data)::regclass, v_period, false,
    make_partitions.at)
    + torque.make_table_partitions(format('%I.xflow_execution_history', v_data)::regclass,
      v_period, false, make_partitions.at)
    + torque.make_table_partitions(format('%I.xflow_node_executions', v_data)::regclass, v_period,
      true, make_partitions.at);
end
$$;

ALTER FUNCTION torque.make_partitions(application_id uuid, at timestamp with time zone) OWNER TO prefix_owner;

-- Name: FUNCTION make_partitions(application_id uuid, at timestamp with time zone); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.make_partitions(application_id uuid, at timestamp with time zone) IS 'Makes an application''s partitions ahead of time.';

-- Name: make_table_partitions(regclass, text, boolean, timestamp with time zone); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.make_table_partitions(parent regclass, period text, by_id boolean, at timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_schema text;
  v_table  text;
  v_name   text;
  v_from   timestamptz;
  v_to     timestamptz;
  v_made   integer := 0;
  v_role   text;
begin
  select n.nspname, c.relname into v_schema, v_table
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid = make_table_partitions.parent;

  for v_ahead in 0..3 loop
    v_from := torque.period_start(make_table_partitions.period, make_table_partitions.at, v_ahead);
    v_to := torque.period_start(make_table_partitions.period, make_table_partitions.at,
      v_ahead + 1);
    v_name := v_table || '_' || to_char(v_from at time zone 'UTC',
      case make_table_partitions.period when 'year' then 'YYYY' else 'YYYY_MM' end);
    continue when to_regclass(format('%I.%I', v_schema, v_name)) is not null;
    execute format('create table %I.%I (like %s including defaults including constraints)',
      v_schema, v_name, make_table_partitions.parent);
    begin
      execute format('alter table %s attach partition %I.%I for values from (%L) to (%L)',
        make_table_partitions.parent, v_schema, v_name,
        case when by_id then torque.least_uuidv7(v_from)::text else v_from::text end,
        case when by_id then torque.least_uuidv7(v_to)::text else v_to::text end);
      v_made := v_made + 1;
    exception when invalid_object_definition then
      -- The application changed from years to months, or back: the period is already covered.
      execute format('drop table %I.%I', v_schema, v_name);
    end;
  end loop;
  return v_made;
end
$$;

ALTER FUNCTION torque.make_table_partitions(parent regclass, period text, by_id boolean, at timestamp with time zone) OWNER TO prefix_owner;

-- Name: model_key(jsonb, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.model_key(model jsonb, name text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(entity ->> 'key', entity ->> 'id')
  from jsonb_array_elements(model_key.model -> 'entities') as entity
  where entity ->> 'id' = model_key.name
$$;

ALTER FUNCTION torque.model_key(model jsonb, name text) OWNER TO prefix_owner;

-- Name: new_column(text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.new_column(name text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$ select 'new."' || replace(new_column.name, '"', '""') || '"' $$;

ALTER FUNCTION torque.new_column(name text) OWNER TO prefix_owner;

-- Name: object_name(text, text, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.object_name(prefix text, key text, suffix text DEFAULT ''::text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when octet_length(prefix || key || suffix) <= 63 then prefix || key || suffix
    else prefix || left(md5(key), 12) || suffix
  end
$$;

ALTER FUNCTION torque.object_name(prefix text, key text, suffix text) OWNER TO prefix_owner;

-- Name: FUNCTION object_name(prefix text, key text, suffix text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.object_name(prefix text, key text, suffix text) IS 'A name Postgres does not cut: the key, or a digest of it when too long.';

-- Name: pattern(text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.pattern(pattern text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ select '(?s)' || pattern.pattern $$;

ALTER FUNCTION torque.pattern(pattern text) OWNER TO prefix_owner;

-- Name: period_start(text, timestamp with time zone, integer); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.period_start(period text, at timestamp with time zone, ahead integer DEFAULT 0) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE
    AS $$
  select (date_trunc(period_start.period, period_start.at at time zone 'UTC')
    + period_start.ahead * ('1 ' || period_start.period)::interval) at time zone 'UTC'
$$;

ALTER FUNCTION torque.period_start(period text, at timestamp with time zone, ahead integer) OWNER TO prefix_owner;

-- Name: FUNCTION period_start(period text, at timestamp with time zone, ahead integer); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.period_start(period text, at timestamp with time zone, ahead integer) IS 'The start of a month or year, in UTC, some periods on.';

-- Name: plan_afterwards(uuid, torque.entity_types, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.plan_afterwards(deployment_id uuid, type torque.entity_types, entity jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_retyped text[] := torque.retyped_keys(type.properties, entity -> 'properties');
  v_index   record;
  v_key     text;
begin
  foreach v_key in array v_retyped loop
    perform torque.add_step(deployment_id, 'flip', format('write %s of %s anew', v_key, type.label),
      format('call torque.convert_values(%L, %L, %L)', deployment_id, type.key, v_key),
        in_transaction => false);
  end loop;
  if v_retyped <> '{}' then
    perform torque.add_step(deployment_id, 'flip', format('settle %s', type.label),
      format('select torque.settle_entity_type(%L, %L)', deployment_id, type.key));
  end if;
  for v_index in
    select plan.*
    from torque.leaf_index_plan(type.id, torque.describe_only(entity -> 'properties'), entity) plan
    where plan.property_keys && v_retyped
  loop
    perform torque.plan_index(deployment_id, type, v_index.index_name, v_index.kind,
      v_index.property_keys, v_index.is_unique, v_index.target, 'flip');
  end loop;
  for v_index in
    select l.index_name from torque.leaf_indexes l
    where l.entity_type_id = type.id and not l.property_keys && v_retyped
      and l.index_name not in (
        select plan.index_name from torque.leaf_index_plan(type.id,
          torque.describe_only(entity -> 'properties'), entity) plan)
  loop
    perform torque.add_step(deployment_id, 'flip', format('drop index %s', v_index.index_name),
      format('select torque.drop_leaf_index(%L)', v_index.index_name));
  end loop;
end
$$;

ALTER FUNCTION torque.plan_afterwards(deployment_id uuid, type torque.entity_types, entity jsonb) OWNER TO prefix_owner;

-- Name: plan_changes(uuid, torque.entity_types, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.plan_changes(deployment_id uuid, type torque.entity_types, entity jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_key      text := type.key;
  v_label    text := coalesce(entity ->> 'name', v_key);
  v_coming   jsonb;
  v_former   jsonb;
  v_each     jsonb;
  v_guarded  boolean := false;
  v_scanned  boolean := false;
  v_fill     text[] := '{}';
  v_index    record;
  v_retyped  text[] := torque.retyped_keys(type.properties, entity -> 'properties');
begin
  for v_each in select value from jsonb_array_elements(entity -> 'properties') loop
    v_coming := torque.describe_property(v_each);
    v_former := (select p from jsonb_array_elements(type.properties) as p
      where p ->> 'key' = v_coming ->> 'key');
    continue when torque.rules(v_coming) = torque.rules(v_former);
    v_guarded := true;
    if v_former is not null then
      v_scanned := true;
    elsif (v_coming ->> 'required')::boolean then
      v_scanned := true;
    end if;
    if (v_coming ->> 'required')::boolean and v_coming ? 'default_value' then
      v_fill := v_fill || (v_coming ->> 'key');
    end if;
  end loop;

  if v_guarded then
    perform torque.add_step(deployment_id, 'guard', format('guard %s', v_label),
      format('select torque.guard_entity_type(%L, %L)', deployment_id, v_key));
  end if;
  for v_each in select to_jsonb(key) from unnest(v_fill) as key loop
    perform torque.add_step(deployment_id, 'scan', format('fill %s of %s', v_each #>> '{}',
      v_label),
      format('call torque.fill_default(%L, %L, %L)', deployment_id, v_key, v_each #>> '{}'),
        in_transaction => false);
  end loop;
  if v_scanned then
    perform torque.add_step(deployment_id, 'scan', format('check %s against the coming rules',
      v_label),
      format('select torque.scan_entity_type(%L, %L)', deployment_id, v_key));
  end if;
  perform torque.add_step(deployment_id, 'scan', format('check what depends on the view of %s',
    v_label),
    format('select torque.check_view(%L, %L)', deployment_id, v_key));

  for v_index in
    select plan.*
    from torque.leaf_index_plan(type.id, torque.describe_only(entity -> 'properties'), entity) plan
    where not plan.property_keys && v_retyped
  loop
    perform torque.plan_index(deployment_id, type, v_index.index_name, v_index.kind,
      v_index.property_keys, v_index.is_unique, v_index.target);
  end loop;

  -- An old expression would fail on values of the new type.
  for v_index in select l.index_name from torque.leaf_indexes l where l.entity_type_id = type.id
    and l.property_keys && v_retyped loop
    perform torque.add_step(deployment_id, 'flip', format('drop index %s', v_index.index_name),
      format('select torque.drop_leaf_index(%L)', v_index.index_name));
  end loop;
end
$$;

ALTER FUNCTION torque.plan_changes(deployment_id uuid, type torque.entity_types, entity jsonb) OWNER TO prefix_owner;

-- Name: plan_deploy(uuid, integer); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.plan_deploy(application_id uuid, version integer) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_application torque.applications;
  v_model       jsonb;
  v_open        torque.deployments;
  v_id          uuid;
  v_entity      jsonb;
  v_relationship jsonb;
  v_key         text;
  v_type        torque.entity_types;
begin
  select * into v_application from torque.applications a
  where a.id = plan_deploy.application_id and a.deleted_at is null
  for update;
  if not found then
    perform torque.refuse('TQ404', 'there is no such application',
      jsonb_build_object('application', plan_deploy.application_id));
  end if;
  select v.model_json into v_model from torque.model_versions v
  where v.model_id = v_application.model_id and v.version = plan_deploy.version;
  if not found then
    perform torque.refuse('TQ404', format('the model has no published version %s',
      plan_deploy.version),
      jsonb_build_object('version', plan_deploy.version));
  end if;
  select * into v_open from torque.deployments d
  where d.application_id = plan_deploy.application_id and d.state in ('planned', 'running');
  if found then
    if v_open.version = plan_deploy.version then
      return v_open.id;
    end if;
    perform torque.refuse('TQ409',
      format('version %s is being deployed: finish or undo that first', v_open.version),
      jsonb_build_object('deployment', v_open.id, 'version', v_open.version));
  end if;

  insert into torque.deployments (application_id, model_id, version)
  values (plan_deploy.application_id, v_application.model_id, plan_deploy.version)
  returning id into v_id;

  for v_entity in select value from jsonb_array_elements(v_model -> 'entities') loop
    perform torque.plan_new_leaf(v_id, plan_deploy.application_id, v_entity);
  end loop;
  for v_relationship in
    select value from jsonb_array_elements(v_model -> 'relationships')
      where value ->> 'kind' = 'many_to_many'
  loop
    v_key := coalesce(v_relationship ->> 'key', v_relationship ->> 'id', v_relationship ->> 'name');
    continue when to_regclass(format('%I.%I', v_application.slug || '_data', torque.object_name('link_', v_key))) is not null;
    perform torque.add_step(v_id, 'prepare', format('make the links of %s', v_relationship ->> 'id'),
      format('select torque.make_link_table(%L, %L::jsonb)', plan_deploy.application_id, v_relationship),
      makes => 'make_link_table ' || v_key);
  end loop;
  -- Of a type that exists, every change of a rule is guarded and scanned before it counts.
  for v_entity in select value from jsonb_array_elements(v_model -> 'entities') loop
    select * into v_type from torque.entity_types t
    where t.application_id = plan_deploy.application_id and t.key = coalesce(v_entity ->> 'key',
      v_entity ->> 'id')
      and t.model_version is not null;
    if found then
      perform torque.plan_changes(v_id, v_type, v_entity);
    else
      perform torque.add_step(v_id, 'prepare', format('index %s', v_entity ->> 'name'),
        format('select torque.make_indexes(%L, %L)', v_id, coalesce(v_entity ->> 'key',
          v_entity ->> 'id')));
    end if;
  end loop;

  for v_type in
    select * from torque.entity_types t
    where t.application_id = plan_deploy.application_id and t.retired_at is null
      and t.model_version is not null
      and not exists (select from jsonb_array_elements(v_model -> 'entities') as entity
        where coalesce(entity ->> 'key', entity ->> 'id') = t.key)
  loop
    perform torque.add_step(v_id, 'flip', format('retire %s', v_type.label),
      format('select torque.retire_entity_type(%s)', v_type.id));
  end loop;
  perform torque.add_step(v_id, 'flip', 'relationships',
    format('select torque.flip_relationships(%L)', v_id));
  for v_entity in select value from jsonb_array_elements(v_model -> 'entities') loop
    perform torque.add_step(v_id, 'flip', format('switch %s over', v_entity ->> 'name'),
      format('select torque.flip_entity_type(%L, %L)', v_id, coalesce(v_entity ->> 'key',
        v_entity ->> 'id')));
  end loop;
  for v_entity in select value from jsonb_array_elements(v_model -> 'entities') loop
    select * into v_type from torque.entity_types t
    where t.application_id = plan_deploy.application_id and t.key = coalesce(v_entity ->> 'key',
      v_entity ->> 'id')
      and t.model_version is not null;
    if found then
      perform torque.plan_afterwards(v_id, v_type, v_entity);
    end if;
  end loop;
  perform torque.add_step(v_id, 'flip', format('version %s is live', plan_deploy.version),
    format('select torque.finish_deploy(%L)', v_id));
  return v_id;
end
$$;

ALTER FUNCTION torque.plan_deploy(application_id uuid, version integer) OWNER TO prefix_owner;

-- Name: FUNCTION plan_deploy(application_id uuid, version integer); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.plan_deploy(application_id uuid, version integer) IS 'Plans what makes a model version live, or returns the plan that is under way.';

-- Name: plan_index(uuid, torque.entity_types, text, text, text[], boolean, text, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.plan_index(deployment_id uuid, type torque.entity_types, index_name text, kind text, property_keys text[], is_unique boolean, target text, phase text DEFAULT 'scan'::text) RETURNS void
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_schema text := torque.data_schema(type.application_id);
  v_valid  boolean;
begin
  select i.indisvalid into v_valid
  from pg_catalog.pg_index i where i.indexrelid = to_regclass(format('%I.%I', v_schema,
    plan_index.index_name));
  if v_valid and phase = 'scan' then
    return;
  end if;
  if is_unique then
    perform torque.add_step(deployment_id, phase, format('look for duplicates of %s',
      array_to_string(property_keys, ', ')),
      format('select torque.scan_duplicates(%s, %L, %L)', type.id, property_keys[1],
        regexp_replace(target, '^\((.*)\)$', '\1')));
  end if;
  -- A build that broke off leaves an index that is not valid.
  perform torque.add_step(deployment_id, phase, format('clear the way for %s', index_name),
    format('select torque.drop_broken_index(%L, %L)', v_schema, index_name));
  -- Below 8 MB a plain build takes less than a transaction's patience; above it must not lock
  -- writers out.
  perform torque.add_step(deployment_id, phase, format('build %s', index_name),
    format('create %sindex %sif not exists %I on %s %s',
      case when is_unique then 'unique ' else '' end,
      case when pg_relation_size(type.leaf::regclass) > 8388608 then 'concurrently ' else '' end,
      index_name, type.leaf, target),
    in_transaction => pg_relation_size(type.leaf::regclass) <= 8388608);
  perform torque.add_step(deployment_id, phase, format('record %s', index_name),
    format('select torque.check_index(%s, %L, %L, %L::text[], %L)', type.id, index_name, kind,
      property_keys,
      format('create %sindex %I on %s %s', case when is_unique then 'unique ' else '' end,
        index_name, type.leaf, target)));
end
$_$;

ALTER FUNCTION torque.plan_index(deployment_id uuid, type torque.entity_types, index_name text, kind text, property_keys text[], is_unique boolean, target text, phase text) OWNER TO prefix_owner;

-- Name: plan_new_leaf(uuid, uuid, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.plan_new_leaf(deployment_id uuid, application_id uuid, entity jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
begin
  if not exists (
    select from torque.entity_types t
    where t.application_id = plan_new_leaf.application_id and t.key = coalesce(entity ->> 'key',
      entity ->> 'id')
      and to_regclass(t.leaf) is not null) then
    perform torque.add_step(plan_new_leaf.deployment_id, 'prepare', format('make the leaf of %s',
      entity ->> 'name'),
      format('select torque.make_leaf(%L, %L, %L, %L)', plan_new_leaf.application_id,
        coalesce(entity ->> 'key', entity ->> 'id'), entity ->> 'id', coalesce(entity ->> 'name',
          entity ->> 'id')),
      makes => 'make_leaf ' || coalesce(entity ->> 'key', entity ->> 'id'));
  end if;
end
$$;

ALTER FUNCTION torque.plan_new_leaf(deployment_id uuid, application_id uuid, entity jsonb) OWNER TO prefix_owner;

-- Name: problem(jsonb, jsonb, text, text, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.problem(problems jsonb, property jsonb, code text, message text, facts jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select problem.problems || (problem.facts || jsonb_build_object(
    'field', coalesce(property ->> 'name', ''),
    'code', problem.code,
    'message', coalesce(property #>> array['messages', problem.code], problem.message)))
$$;

ALTER FUNCTION torque.problem(problems jsonb, property jsonb, code text, message text, facts jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION problem(problems jsonb, property jsonb, code text, message text, facts jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.problem(problems jsonb, property jsonb, code text, message text, facts jsonb) IS 'One more problem, worded by the model where it has its own words.';

-- Name: range_problems(jsonb, jsonb, text, numeric); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.range_problems(problems jsonb, property jsonb, label text, number numeric) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS $$
declare
  v_problems jsonb := range_problems.problems;
begin
  if number < (property ->> 'min')::numeric then
    v_problems := torque.problem(v_problems, property, 'min', format('%s must be at least %s',
      label, property ->> 'min'),
      jsonb_build_object('limit', property -> 'min'));
  end if;
  if number > (property ->> 'max')::numeric then
    v_problems := torque.problem(v_problems, property, 'max', format('%s can be at most %s', label,
      property ->> 'max'),
      jsonb_build_object('limit', property -> 'max'));
  end if;
  return v_problems;
end
$$;

ALTER FUNCTION torque.range_problems(problems jsonb, property jsonb, label text, number numeric) OWNER TO prefix_owner;

-- Name: record_index(integer, text, text, text[]); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.record_index(type_id integer, index_name text, kind text, property_keys text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
begin
  insert into torque.leaf_indexes (index_name, application_id, entity_type_id, kind, property_keys)
  select record_index.index_name, t.application_id, t.id, record_index.kind,
    record_index.property_keys
  from torque.entity_types t
  where t.id = record_index.type_id
  on conflict on constraint leaf_indexes_pk
  do update set kind = excluded.kind, property_keys = excluded.property_keys;
end
$$;

ALTER FUNCTION torque.record_index(type_id integer, index_name text, kind text, property_keys text[]) OWNER TO prefix_owner;

-- Name: FUNCTION record_index(type_id integer, index_name text, kind text, property_keys text[]); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.record_index(type_id integer, index_name text, kind text, property_keys text[]) IS 'Remembers what an index serves, for the translation of duplicates.';

-- Name: reference_checks(jsonb, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.reference_checks(properties jsonb, own_leaf text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $_$
  select string_agg(format(
    E'    if new.data ? %1$L and new.data->%1$L is distinct from old.data->%1$L%3$s then\n'
    '      perform torque.refuse_old_snapshot();\n'
    '      perform from %2$s where id = (new.data->>%1$L)::uuid for key share;\n'
    '      v_good := v_good and found;\n'
    '    end if;\n',
    property ->> 'key', property ->> 'target_leaf',
    case when property ->> 'target_leaf' = reference_checks.own_leaf
      then format(' and (new.data->>%L)::uuid <> new.id', property ->> 'key') else '' end), ''
        order by ordinal)
  from jsonb_array_elements(reference_checks.properties) with ordinality as each(property, ordinal)
  where property ->> 'target_leaf' is not null
$_$;

ALTER FUNCTION torque.reference_checks(properties jsonb, own_leaf text) OWNER TO prefix_owner;

-- Name: refuse(text, text, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.refuse(code text, message text, detail jsonb DEFAULT '{}'::jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  raise exception using errcode = refuse.code, message = refuse.message,
    detail = refuse.detail::text;
end
$$;

ALTER FUNCTION torque.refuse(code text, message text, detail jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION refuse(code text, message text, detail jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.refuse(code text, message text, detail jsonb) IS 'Raises a refusal the server knows how to translate.';

-- Name: refuse_dependents(text, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.refuse_dependents(view text, reason text) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_dependents text[];
begin
  select array_agg(distinct dependent) into v_dependents
  from (
    select r.ev_class::regclass::text as dependent
    from pg_catalog.pg_depend d
    join pg_catalog.pg_rewrite r on r.oid = d.objid
    where d.classid = 'pg_rewrite'::regclass and d.refobjid = refuse_dependents.view::regclass
      and r.ev_class <> refuse_dependents.view::regclass
    union all
    -- Functions that take or return the view's rows; upserts are the generator's own.
    select p.oid::regprocedure::text
    from pg_catalog.pg_depend d
    join pg_catalog.pg_class c on c.reltype = d.refobjid
    join pg_catalog.pg_proc p on p.oid = d.objid
    where d.classid = 'pg_proc'::regclass and c.oid = refuse_dependents.view::regclass
      and not (p.pronamespace = c.relnamespace
        and pg_get_userbyid(p.proowner) = torque.role('views'))
  ) found;
  if v_dependents is not null then
    perform torque.refuse('TQ409', format('%s: drop what depends on %s first: %s', reason,
      refuse_dependents.view,
      array_to_string(v_dependents, ', ')), jsonb_build_object('dependents', v_dependents));
  end if;
end
$$;

ALTER FUNCTION torque.refuse_dependents(view text, reason text) OWNER TO prefix_owner;

-- Name: refuse_ends(text, boolean, boolean); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.refuse_ends(label text, has_source boolean, has_target boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_errors jsonb;
begin
  select jsonb_agg(jsonb_build_object('field', field, 'code', 'reference',
    'message', 'a link needs two entities that exist'))
  into v_errors
  from (values ('source_id', has_source), ('target_id', has_target)) as each(field, is_there)
  where not is_there;
  perform torque.refuse_values(label, v_errors);
end
$$;

ALTER FUNCTION torque.refuse_ends(label text, has_source boolean, has_target boolean) OWNER TO prefix_owner;

-- Name: FUNCTION refuse_ends(label text, has_source boolean, has_target boolean); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.refuse_ends(label text, has_source boolean, has_target boolean) IS 'Refuses a link to something that does not exist.';

-- Name: refuse_gathered_write(); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.refuse_gathered_write() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception '%.% only gathers: write to the application''s own table or view',
    tg_table_schema, tg_table_name
    using errcode = 'TQ403', detail = '{}';
end
$$;

ALTER FUNCTION torque.refuse_gathered_write() OWNER TO prefix_owner;

-- Name: FUNCTION refuse_gathered_write(); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.refuse_gathered_write() IS 'A write through a gathering parent would pass no validator and no feed.';

-- Name: refuse_old_snapshot(); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.refuse_old_snapshot() RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    perform torque.refuse('TQ409',
      'entities with relationships are written under READ COMMITTED only: '
      'their checks would read an old snapshot', jsonb_build_object('code', 'isolation'));
  end if;
end
$$;

ALTER FUNCTION torque.refuse_old_snapshot() OWNER TO prefix_owner;

-- Name: refuse_system_columns(boolean, boolean, boolean, boolean); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.refuse_system_columns(version boolean, created_at boolean, updated_at boolean, id boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_errors jsonb;
begin
  if not (version or created_at or updated_at or id) then
    return;
  end if;
  select jsonb_agg(jsonb_build_object('field', field, 'code', 'read_only', 'message', field
    || ' is set by Torque'))
  into v_errors
  from (values ('id', id), ('version', version), ('created_at', created_at), ('updated_at',
    updated_at)) as each(field, is_set)
  where is_set;
  perform torque.refuse_values('read-only columns', v_errors);
end
$$;

ALTER FUNCTION torque.refuse_system_columns(version boolean, created_at boolean, updated_at boolean, id boolean) OWNER TO prefix_owner;

-- Name: refuse_values(text, jsonb, uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.refuse_values(label text, errors jsonb, entity_id uuid DEFAULT NULL::uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v_message text;
begin
  if refuse_values.errors = '[]' then
    raise exception 'the validator of % refused values that its rules allow', label
      using errcode = 'XX000',
        hint = 'This is a fault of Torque''s own: deploy the model again and report it.';
  end if;
  v_message := format('%s: %s', label, (select string_agg(error ->> 'message', '; ')
    from jsonb_array_elements(errors) as error));
  if refuse_values.entity_id is not null and pg_trigger_depth() = 1
    and (torque.context() ->> 'keep')::boolean then
    perform set_config('torque.refused', (coalesce(nullif(current_setting('torque.refused', true),
      ''), '[]')::jsonb || jsonb_build_object('id', refuse_values.entity_id, 'message', v_message,
      'errors', refuse_values.errors))::text, true);
    return;
  end if;
  perform torque.refuse('TQ422', v_message, refuse_values.errors);
end
$$;

ALTER FUNCTION torque.refuse_values(label text, errors jsonb, entity_id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION refuse_values(label text, errors jsonb, entity_id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.refuse_values(label text, errors jsonb, entity_id uuid) IS 'Refuses an entity with the list of its errors.';

-- Name: register_relationships(uuid, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.register_relationships(application_id uuid, model jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_data         text := torque.data_schema(register_relationships.application_id);
  v_entity       jsonb;
  v_property     jsonb;
  v_relationship jsonb;
  v_keys         text[] := '{}';
  v_key          text;
  v_source       integer;
  v_target       integer;
  v_former       text;
  v_slug         text;
begin
  select slug into v_slug from torque.applications a
    where a.id = register_relationships.application_id;
  for v_entity in select value from jsonb_array_elements(model -> 'entities') loop
    for v_property in
      select torque.describe_property(value) || jsonb_build_object('inverse_name',
        value #> '{property_type,inverse_name}')
      from jsonb_array_elements(v_entity -> 'properties')
      where value #>> '{property_type,type}' = 'Reference'
    loop
      v_key := coalesce(v_entity ->> 'key', v_entity ->> 'id') || '.' || (v_property ->> 'key');
      v_keys := v_keys || v_key;
      select t.id into strict v_source from torque.entity_types t
      where t.application_id = register_relationships.application_id
        and t.key = coalesce(v_entity ->> 'key', v_entity ->> 'id');
      select t.id into strict v_target from torque.entity_types t
      where t.application_id = register_relationships.application_id
        and t.key = torque.model_key(model, v_property ->> 'target');
      insert into torque.relationships as r (application_id, key, name, kind, source_type_id,
        target_type_id, inverse_name,
        property_key, on_delete, definition)
      values (register_relationships.application_id, v_key, (v_entity ->> 'id') || '.'
        || (v_property ->> 'name'),
        case when (v_property ->> 'one_to_one')::boolean then 'one_to_one' else 'one_to_many' end,
        v_source, v_target, v_property ->> 'inverse_name', v_property ->> 'key',
          v_property ->> 'on_delete', v_property)
      on conflict on constraint relationships_key_is_unique do update
      set name = excluded.name, kind = excluded.kind, target_type_id = excluded.target_type_id,
        inverse_name = excluded.inverse_name, on_delete = excluded.on_delete,
          definition = excluded.definition, retired_at = null;
    end loop;
  end loop;

  for v_relationship in
    select value from jsonb_array_elements(model -> 'relationships')
      where value ->> 'kind' = 'many_to_many'
  loop
    v_key := coalesce(v_relationship ->> 'key', v_relationship ->> 'id', v_relationship ->> 'name');
    v_keys := v_keys || v_key;
    select t.id into strict v_source from torque.entity_types t
    where t.application_id = register_relationships.application_id
      and t.key = torque.model_key(model, v_relationship ->> 'source_entity');
    select t.id into strict v_target from torque.entity_types t
    where t.application_id = register_relationships.application_id
      and t.key = torque.model_key(model, v_relationship ->> 'target_entity');
    select r.name into v_former from torque.relationships r
    where r.application_id = register_relationships.application_id and r.key = v_key;
    insert into torque.relationships as r (application_id, key, name, kind, source_type_id,
      target_type_id, inverse_name,
      link_table, on_delete, definition)
    values (register_relationships.application_id, v_key, coalesce(v_relationship ->> 'id', v_key),
      'many_to_many',
      v_source, v_target, v_relationship ->> 'inverse_name',
      format('%I.%I', v_data, torque.object_name('link_', v_key)),
      case v_relationship ->> 'on_delete' when 'restrict' then 'restrict' else 'cascade' end,
      v_relationship || jsonb_build_object('described',
        torque.describe_properties(register_relationships.application_id,
          v_relationship -> 'properties')))
    on conflict on constraint relationships_key_is_unique do update
    set name = excluded.name, inverse_name = excluded.inverse_name, on_delete = excluded.on_delete,
      definition = excluded.definition, retired_at = null;
    perform torque.write_link_validator(register_relationships.application_id, v_key,
      coalesce(v_relationship ->> 'id', v_key),
      (select t.leaf from torque.entity_types t where t.id = v_source),
      (select t.leaf from torque.entity_types t where t.id = v_target),
      torque.describe_properties(register_relationships.application_id,
        v_relationship -> 'properties'));
    if v_former <> coalesce(v_relationship ->> 'id', v_key) then
      execute format('drop view if exists %I.%I', v_slug, v_former);
    end if;
    perform torque.write_link_view(register_relationships.application_id, v_key,
      coalesce(v_relationship ->> 'id', v_key),
      format('%I.%I', v_data, torque.object_name('link_', v_key)));
  end loop;

  update torque.relationships r set retired_at = now()
  where r.application_id = register_relationships.application_id and r.retired_at is null
    and r.key <> all (v_keys);
  perform torque.write_delete_rules(t.id)
  from torque.entity_types t
  where t.application_id = register_relationships.application_id
    and to_regclass(t.leaf) is not null;
end
$$;

ALTER FUNCTION torque.register_relationships(application_id uuid, model jsonb) OWNER TO prefix_owner;

-- Name: retire_entity_type(integer); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.retire_entity_type(type_id integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_type torque.entity_types;
  v_slug text;
begin
  select * into strict v_type from torque.entity_types t where t.id = retire_entity_type.type_id;
  select slug into v_slug from torque.applications a where a.id = v_type.application_id;
  if to_regclass(format('%I.%I', v_slug, v_type.name)) is not null then
    perform torque.refuse_dependents(format('%I.%I', v_slug, v_type.name),
      format('%s is removed from the model', v_type.label));
    execute format('drop function if exists %I.%I(uuid, jsonb)', v_slug,
      torque.object_name('upsert_', v_type.name));
    execute format('drop view %I.%I', v_slug, v_type.name);
  end if;
  update torque.entity_types t set retired_at = now() where t.id = v_type.id
    and t.retired_at is null;
end
$$;

ALTER FUNCTION torque.retire_entity_type(type_id integer) OWNER TO prefix_owner;

-- Name: retyped(jsonb, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.retyped(value jsonb, property jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $_$
#variable_conflict use_column
declare
  v_text   text := retyped.value #>> '{}';
  v_scalar boolean := jsonb_typeof(retyped.value) in ('string', 'number', 'boolean');
  v_result jsonb;
begin
  v_result := case
    when property ->> 'type' in ('String', 'Text', 'Enum', 'Uuid', 'Reference') and v_scalar
      then to_jsonb(v_text)
    when property ->> 'type' = 'Integer' and v_scalar and v_text ~ '^-?\d{1,16}([.]0*)?$'
      then to_jsonb(trunc(v_text::numeric))
    when property ->> 'type' = 'Decimal' and jsonb_typeof(retyped.value) in ('string', 'number')
      then torque.canonical_decimal(retyped.value, coalesce((property ->> 'scale')::integer, 0))
    when property ->> 'type' = 'Boolean' and v_scalar and lower(v_text) in ('true', 'false')
      then to_jsonb(lower(v_text)::boolean)
    when property ->> 'type' = 'Date' and jsonb_typeof(retyped.value) = 'string'
      then to_jsonb(left(v_text, 10))
    when property ->> 'type' = 'DateTime' and jsonb_typeof(retyped.value) = 'string'
      then torque.canonical_datetime(
      case when v_text ~ '^\d{4}-\d\d-\d\d$' then to_jsonb(v_text || 'T00:00:00')
        else retyped.value end, 'UTC')
    when property ->> 'type' = 'MultiEnum' and jsonb_typeof(retyped.value) = 'string'
      then jsonb_build_array(retyped.value)
    else retyped.value
  end;
  if torque.value_problems(property, v_result) <> '[]' then
    return null;
  end if;
  return v_result;
end
$_$;

ALTER FUNCTION torque.retyped(value jsonb, property jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION retyped(value jsonb, property jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.retyped(value jsonb, property jsonb) IS 'A value as another type stores it, or null when it cannot be.';

-- Name: retyped_keys(jsonb, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.retyped_keys(former jsonb, coming jsonb) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
  select coalesce(array_agg(c ->> 'key'), '{}')
  from jsonb_array_elements(retyped_keys.former) as f
  join jsonb_array_elements(torque.describe_only(retyped_keys.coming)) as c on c ->> 'key' = f ->> 'key'
  where torque.is_retyped(f, c)
$$;

ALTER FUNCTION torque.retyped_keys(former jsonb, coming jsonb) OWNER TO prefix_owner;

-- Name: role(text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.role(kind text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$ select role_prefix || '_' || role.kind from torque.installation $$;

ALTER FUNCTION torque.role(kind text) OWNER TO prefix_owner;

-- Name: FUNCTION role(kind text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.role(kind text) IS 'The name of one of this installation''s roles: owner, views, server, read, write.';

-- Name: rules(jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.rules(property jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(jsonb_object_agg(key, value), '{}')
  from jsonb_each(rules.property)
  where key in ('type', 'required', 'max_length', 'min_length', 'pattern', 'format', 'min', 'max',
    'scale', 'values', 'target')
$$;

ALTER FUNCTION torque.rules(property jsonb) OWNER TO prefix_owner;

-- Name: scan_duplicates(integer, text, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.scan_duplicates(type_id integer, property_key text, expression text) RETURNS void
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_type  torque.entity_types;
  v_count bigint;
  v_ids   uuid[];
  v_list  text;
begin
  select * into strict v_type from torque.entity_types t where t.id = scan_duplicates.type_id;
  v_list := format('select id from (select id, count(*) over (partition by %1$s) as same from %2$s where %1$s is not null) counted where same > 1',
    expression, v_type.leaf);
  execute format('select count(*), (array_agg(id))[1:100] from (%s) duplicates',
    v_list) into v_count, v_ids;
  if v_count > 0 then
    perform torque.refuse('TQ409', format('%s of %s have a value of %s that is not unique',
      v_count, v_type.label, property_key),
      jsonb_build_object('entity_type', v_type.name, 'property', property_key, 'problem', 'unique',
        'count', v_count,
        'ids', to_jsonb(v_ids), 'list_with', v_list));
  end if;
end
$_$;

ALTER FUNCTION torque.scan_duplicates(type_id integer, property_key text, expression text) OWNER TO prefix_owner;

-- Name: scan_entity_type(uuid, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.scan_entity_type(deployment_id uuid, key text) RETURNS void
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_type     torque.entity_types := torque.deployed_type(scan_entity_type.deployment_id,
    scan_entity_type.key);
  v_coming   jsonb;
  v_property jsonb;
  v_former   jsonb;
  v_bad      text;
  v_ids      uuid[];
  v_count    bigint;
  v_first    jsonb;
  v_problems jsonb := '[]';
begin
  v_coming := torque.describe_properties(v_type.application_id,
    torque.coming_entity(scan_entity_type.deployment_id, scan_entity_type.key) -> 'properties');
  for v_property in select value from jsonb_array_elements(v_coming) loop
    v_former := (select p from jsonb_array_elements(v_type.properties) as p
      where p ->> 'key' = v_property ->> 'key');
    continue when torque.rules(v_property) = torque.rules(v_former)
      or (v_former is null and not (v_property ->> 'required')::boolean);
    if torque.is_retyped(v_former, v_property) then
      v_bad := format('(e.data ? %1$L and torque.retyped(e.data->%1$L, %2$L::jsonb) is null%3$s)',
        v_property ->> 'key', v_property,
        case when (v_property ->> 'required')::boolean then format(' or not e.data ? %L',
          v_property ->> 'key') else '' end);
    else
      v_bad := format('(%s) is not true', torque.good_value(v_property, 'e.data'));
      if v_property ? 'target_leaf' and v_former ->> 'target' is distinct
        from v_property ->> 'target' then
        v_bad := v_bad
          || format(' or (e.data ? %1$L and not exists (select from %2$s t where t.id::text = e.data->>%1$L))',
          v_property ->> 'key', v_property ->> 'target_leaf');
      end if;
    end if;
    execute format('select array_agg(id) from (select e.id from %s e where %s limit 100) first',
      v_type.leaf, v_bad) into v_ids;
    continue when v_ids is null;
    execute format('select count(*) from %s e where %s', v_type.leaf, v_bad) into v_count;
    execute format('select e.data -> $2 from %s e where e.id = $1',
      v_type.leaf) into v_first using v_ids[1], v_property ->> 'key';
    v_problems := v_problems || jsonb_build_object(
      'entity_type', v_type.name,
      'property', v_property ->> 'name',
      'problem', case when v_first is null then 'required'
        else coalesce(torque.value_problems(v_property, v_first) #>> '{0,code}', 'type') end,
      'count', v_count,
      'ids', to_jsonb(v_ids),
      'list_with', format('select e.id, e.data->%L from %s e where %s', v_property ->> 'key',
        v_type.leaf, v_bad));
  end loop;
  if v_problems <> '[]' then
    perform torque.refuse('TQ409',
      format('%s of %s break the coming rule %s of %s', v_problems #>> '{0,count}', v_type.label,
        v_problems #>> '{0,problem}', v_problems #>> '{0,property}'),
      (v_problems -> 0) || jsonb_build_object('problems', v_problems));
  end if;
end
$_$;

ALTER FUNCTION torque.scan_entity_type(deployment_id uuid, key text) OWNER TO prefix_owner;

-- Name: FUNCTION scan_entity_type(deployment_id uuid, key text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.scan_entity_type(deployment_id uuid, key text) IS 'Refuses the deploy when stored entities break the coming rules.';

-- Name: setting(text, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.setting(key text, fallback text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select coalesce(
    (select c.value #>> '{}' from torque.system_config c where c.key = setting.key),
    setting.fallback)
$$;

ALTER FUNCTION torque.setting(key text, fallback text) OWNER TO prefix_owner;

-- Name: FUNCTION setting(key text, fallback text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.setting(key text, fallback text) IS 'The value of a setting as text.';

-- Name: settle_entity_type(uuid, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.settle_entity_type(deployment_id uuid, key text) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_type torque.entity_types := torque.deployed_type(settle_entity_type.deployment_id,
    settle_entity_type.key);
begin
  perform torque.write_validator(v_type.id, v_type.properties, torque.zone(v_type.application_id));
end
$$;

ALTER FUNCTION torque.settle_entity_type(deployment_id uuid, key text) OWNER TO prefix_owner;

-- Name: FUNCTION settle_entity_type(deployment_id uuid, key text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.settle_entity_type(deployment_id uuid, key text) IS 'After conversion the validator need not convert any more.';

-- Name: sql_type(jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.sql_type(property jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
  select case property ->> 'type'
    when 'Integer' then 'bigint'
    when 'Decimal' then 'numeric'
    when 'Boolean' then 'boolean'
    when 'MultiEnum' then 'text[]'
    when 'Date' then 'date'
    when 'DateTime' then 'timestamp with time zone'
    when 'Uuid' then 'uuid'
    when 'Reference' then 'uuid'
    when 'Json' then 'jsonb'
    else 'text'
  end
$$;

ALTER FUNCTION torque.sql_type(property jsonb) OWNER TO prefix_owner;

-- Name: to_date_v1(text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.to_date_v1(value text) RETURNS date
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ begin return value::date; end $$;

ALTER FUNCTION torque.to_date_v1(value text) OWNER TO prefix_owner;

-- Name: FUNCTION to_date_v1(value text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.to_date_v1(value text) IS 'A stored Date (YYYY-MM-DD) as date, whatever DateStyle says.';

-- Name: to_text_array(jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.to_text_array(value jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when jsonb_typeof(to_text_array.value) = 'array'
    then array(select jsonb_array_elements_text(to_text_array.value))
  end
$$;

ALTER FUNCTION torque.to_text_array(value jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION to_text_array(value jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.to_text_array(value jsonb) IS 'A MultiEnum as typed views show it.';

-- Name: to_ts_v1(text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.to_ts_v1(value text) RETURNS timestamp with time zone
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ begin return value::timestamptz; end $$;

ALTER FUNCTION torque.to_ts_v1(value text) OWNER TO prefix_owner;

-- Name: FUNCTION to_ts_v1(value text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.to_ts_v1(value text) IS 'A stored DateTime (ISO 8601 with Z) as timestamptz: the offset is in the text, so no setting plays a part.';

-- Name: touch_directory(); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.touch_directory() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update torque.directory set version = version + 1;
  perform pg_notify('torque', 'directory');
  return null;
end
$$;

ALTER FUNCTION torque.touch_directory() OWNER TO prefix_owner;

-- Name: FUNCTION touch_directory(); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.touch_directory() IS 'Tells servers to read the directory again. Only on tables that people change, never on hot ones.';

-- Name: undo_deploy(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.undo_deploy(deployment_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  v_deployment  torque.deployments;
  v_application torque.applications;
  v_model       jsonb;
  v_type        torque.entity_types;
  v_entity      jsonb;
  v_index       text;
  v_key         text;
  v_live        jsonb;
  v_relationship torque.relationships;
begin
  select * into v_deployment from torque.deployments d
    where d.id = undo_deploy.deployment_id for update;
  if not found then
    perform torque.refuse('TQ404', 'there is no such deploy', jsonb_build_object('deployment',
      undo_deploy.deployment_id));
  end if;
  if v_deployment.state = 'undone' then
    return;
  end if;
  if v_deployment.state = 'succeeded' then
    perform torque.refuse('TQ409',
      'this deploy has succeeded: go back by deploying the version before it',
      jsonb_build_object('deployment', v_deployment.id, 'state', v_deployment.state));
  end if;
  update torque.deployments d set state = 'undone', finished_at = now()
    where d.id = v_deployment.id;
  select * into strict v_application from torque.applications a
    where a.id = v_deployment.application_id;
  select v.model_json into v_model from torque.model_versions v
  where v.model_id = v_application.model_id and v.version = v_application.model_version;

  if v_model is not null then
    for v_entity in select value from jsonb_array_elements(v_model -> 'entities') loop
      select * into v_type from torque.entity_types t
      where t.application_id = v_application.id and t.key = coalesce(v_entity ->> 'key',
        v_entity ->> 'id');
      perform torque.flip_type(v_type.id, v_entity, v_application.model_version);
      v_live := torque.describe_only(v_entity -> 'properties');
      for v_index in
        select l.index_name from torque.leaf_indexes l
        where l.entity_type_id = v_type.id and l.index_name not in (
          select plan.index_name from torque.leaf_index_plan(v_type.id, v_live, v_entity) plan)
      loop
        perform torque.drop_leaf_index(v_index);
      end loop;
    end loop;
    perform torque.register_relationships(v_application.id, v_model);
  end if;

  -- What the deploy was the first to make: its plan has a step for each.
  for v_relationship in
    select r.* from torque.relationships r
    where r.application_id = v_application.id and r.link_table is not null
      and torque.has_step(v_deployment.id, 'make_link_table', r.key)
  loop
    execute format('drop view if exists %I.%I', v_application.slug, v_relationship.name);
    delete from torque.relationships r where r.id = v_relationship.id;
  end loop;
  for v_key in
    select coalesce(r ->> 'key', r ->> 'id', r ->> 'name')
    from torque.model_versions v, jsonb_array_elements(v.model_json -> 'relationships') as r
    where v.model_id = v_deployment.model_id and v.version = v_deployment.version and r ->> 'kind' = 'many_to_many'
  loop
    if torque.has_step(v_deployment.id, 'make_link_table', v_key) then
      execute format('drop table if exists %I.%I cascade', v_application.slug || '_data', torque.object_name('link_', v_key));
    end if;
  end loop;
  for v_type in
    select * from torque.entity_types t
    where t.application_id = v_application.id and t.retired_at is null
      and not exists (
        select from jsonb_array_elements(v_model -> 'entities') as live
        where coalesce(live ->> 'key', live ->> 'id') = t.key)
    order by t.id
  loop
    if v_type.model_version is null or torque.has_step(v_deployment.id, 'make_leaf', v_type.key) then
      perform torque.drop_leaf(v_type.id);
    else
      perform torque.retire_entity_type(v_type.id);
    end if;
  end loop;
  perform torque.write_delete_rules(t.id)
  from torque.entity_types t
  where t.application_id = v_application.id and to_regclass(t.leaf) is not null;
end
$$;

ALTER FUNCTION torque.undo_deploy(deployment_id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION undo_deploy(deployment_id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.undo_deploy(deployment_id uuid) IS 'Takes back a deploy that did not succeed.';

-- Name: url_pattern(); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.url_pattern() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$ select '^(https?://[^[:space:]/?#@"<>\\]+([/?#][^[:space:]"<>\\]*)?|mailto:[^@[:space:]"<>]+@[^@[:space:]"<>]+)$' $_$;

ALTER FUNCTION torque.url_pattern() OWNER TO prefix_owner;

-- Name: FUNCTION url_pattern(); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.url_pattern() IS 'http, https and mailto only: other schemes run code or leak when someone clicks them.';

-- Name: uuid_pattern(); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.uuid_pattern() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ select '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}' $$;

ALTER FUNCTION torque.uuid_pattern() OWNER TO prefix_owner;

-- Name: uuidv7(); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.uuidv7() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    AS $$
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

ALTER FUNCTION torque.uuidv7() OWNER TO prefix_owner;

-- Name: FUNCTION uuidv7(); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.uuidv7() IS 'A new UUIDv7: ids that grow with time.';

-- Name: value_problems(jsonb, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.value_problems(property jsonb, value jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  v_kind    text := jsonb_typeof(value_problems.value);
  v_text    text := case when v_kind = 'string' then value_problems.value #>> '{}' end;
  v_label   text := coalesce(nullif(property ->> 'label', ''), property ->> 'name');
  v_type    text := property ->> 'type';
  v_number  numeric;
  v_limit   jsonb;
  v_found   boolean;
  v_result  jsonb := '[]';
begin
  case v_type
    when 'String', 'Text' then
      if v_kind <> 'string' then
        return torque.problem(v_result, property, 'type', v_label || ' must be text');
      end if;
      v_limit := property -> 'max_length';
      if char_length(v_text) > v_limit::integer then
        v_result := torque.problem(v_result, property, 'max_length',
          format('%s can have at most %s characters', v_label, v_limit),
            jsonb_build_object('limit', v_limit));
      end if;
      v_limit := property -> 'min_length';
      if char_length(v_text) < v_limit::integer then
        v_result := torque.problem(v_result, property, 'min_length',
          format('%s needs at least %s characters', v_label, v_limit), jsonb_build_object('limit',
            v_limit));
      end if;
      if property ->> 'pattern' is not null
        and (v_text collate "C") !~ torque.pattern(property ->> 'pattern') then
        v_result := torque.problem(v_result, property, 'pattern', v_label
          || ' does not have the expected form');
      end if;
      if property ->> 'format' = 'email'
         and ((v_text collate "C") !~ torque.email_pattern() or char_length(v_text) > 254) then
        v_result := torque.problem(v_result, property, 'email', v_label
          || ' must be an e-mail address');
      end if;
      if property ->> 'format' = 'url'
         and ((v_text collate "C") !~ torque.url_pattern() or char_length(v_text) > 2048) then
        v_result := torque.problem(v_result, property, 'url', v_label || ' must be a web address');
      end if;
    when 'Integer' then
      if v_kind <> 'number' then
        return torque.problem(v_result, property, 'type', v_label || ' must be a whole number');
      end if;
      v_number := value_problems.value::numeric;
      if v_number not between -9007199254740991 and 9007199254740991 then
        return torque.problem(v_result, property, 'number', v_label || ' is too large a number');
      end if;
      if trunc(v_number) <> v_number then
        return torque.problem(v_result, property, 'type', v_label || ' must be a whole number');
      end if;
      v_result := torque.range_problems(v_result, property, v_label, v_number);
    when 'Decimal' then
      if v_kind not in ('string', 'number') then
        return torque.problem(v_result, property, 'type', v_label || ' must be a decimal number');
      end if;
      if v_kind = 'number' and value_problems.value::numeric not between -1e100 and 1e100 then
        return torque.problem(v_result, property, 'number', v_label || ' is too large a number');
      end if;
      if v_kind = 'string'
        and (v_text collate "C") !~ '^[+-]?(\d{1,100}([.]\d{0,100})?|[.]\d{1,100})$' then
        return torque.problem(v_result, property, 'type', v_label || ' must be a decimal number');
      end if;
      v_number := (value_problems.value #>> '{}')::numeric;
      if round(v_number, coalesce((property ->> 'scale')::integer, 0)) <> v_number then
        v_result := torque.problem(v_result, property, 'precision',
          format('%s can have at most %s decimal places', v_label, coalesce(property ->> 'scale',
            '0')),
          jsonb_build_object('scale', coalesce(property -> 'scale', '0')));
      end if;
      v_result := torque.range_problems(v_result, property, v_label, v_number);
    when 'Boolean' then
      if v_kind <> 'boolean' then
        v_result := torque.problem(v_result, property, 'type', v_label || ' must be true or false');
      end if;
    when 'Enum' then
      if v_kind <> 'string' then
        v_result := torque.problem(v_result, property, 'type', v_label
          || ' must be one of its choices');
      elsif not property -> 'values' ? v_text then
        v_result := torque.problem(v_result, property, 'enum', v_label
          || ' must be one of its choices',
          jsonb_build_object('values', property -> 'values'));
      end if;
    when 'MultiEnum' then
      if v_kind <> 'array' then
        v_result := torque.problem(v_result, property, 'type', v_label
          || ' must be a list of choices');
      elsif not value_problems.value <@ (property -> 'values') then
        v_result := torque.problem(v_result, property, 'enum', v_label
          || ' may only hold its choices',
          jsonb_build_object('values', property -> 'values'));
      end if;
    when 'Date' then
      if v_kind <> 'string' then
        v_result := torque.problem(v_result, property, 'type', v_label
          || ' must be a date (YYYY-MM-DD)');
      elsif (v_text collate "C") !~ ('^' || torque.date_pattern() || '$') then
        v_result := torque.problem(v_result, property, 'date', v_label
          || ' must be a real date (YYYY-MM-DD)');
      end if;
    when 'DateTime' then
      if v_kind <> 'string' then
        v_result := torque.problem(v_result, property, 'type', v_label
          || ' must be a date and time');
      elsif (v_text collate "C") !~ ('^' || torque.date_pattern()
        || 'T([01]\d|2[0-3]):[0-5]\d:[0-5]\d[.]\d{6}Z$') then
        v_result := torque.problem(v_result, property, 'datetime',
          v_label || ' must be a date and time such as 2026-01-31T09:30:00Z');
      end if;
    when 'Uuid', 'Reference' then
      if v_kind <> 'string' then
        v_result := torque.problem(v_result, property, 'type', v_label || ' must be a UUID');
      elsif (v_text collate "C") !~ ('^' || torque.uuid_pattern() || '$') then
        v_result := torque.problem(v_result, property, 'uuid', v_label || ' must be a UUID');
      elsif property ->> 'target_leaf' is not null then
        execute format('select exists (select from %s where id = $1)', property ->> 'target_leaf')
          into v_found using v_text::uuid;
        if not v_found then
          v_result := torque.problem(v_result, property, 'reference', v_label
            || ' refers to something that does not exist');
        end if;
      end if;
    when 'Json' then
      case torque.json_problem(value_problems.value)
        when 'number' then
          v_result := torque.problem(v_result, property, 'number', v_label
            || ' holds a number that is too large or too small');
        when 'depth' then
          v_result := torque.problem(v_result, property, 'depth', v_label
            || ' is nested too deeply (at most 64 levels)');
        when 'size' then
          v_result := torque.problem(v_result, property, 'size',
            v_label || ' is too large (at most 256 keys in an object, 10,000 elements in a list)');
        else null;
      end case;
  end case;
  return v_result;
end
$_$;

ALTER FUNCTION torque.value_problems(property jsonb, value jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION value_problems(property jsonb, value jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.value_problems(property jsonb, value jsonb) IS 'Everything that is wrong with one value.';

-- Name: view_value(jsonb, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.view_value(property jsonb, data text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $_$
  select format(case property ->> 'type'
    when 'Integer' then '((%1$s->>%2$L)::bigint)'
    when 'Decimal' then '((%1$s->>%2$L)::numeric)'
    when 'Boolean' then '((%1$s->>%2$L)::boolean)'
    when 'MultiEnum' then 'torque.to_text_array(%1$s->%2$L)'
    when 'Date' then 'torque.to_date_v1(%1$s->>%2$L)'
    when 'DateTime' then 'torque.to_ts_v1(%1$s->>%2$L)'
    when 'Uuid' then '((%1$s->>%2$L)::uuid)'
    when 'Reference' then '((%1$s->>%2$L)::uuid)'
    when 'Json' then '(%1$s->%2$L)'
    when 'Enum' then '((%1$s->>%2$L) collate "C")'
    else '(%1$s->>%2$L)'
  end, view_value.data, property ->> 'key')
$_$;

ALTER FUNCTION torque.view_value(property jsonb, data text) OWNER TO prefix_owner;

-- Name: with_keys(jsonb, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.with_keys(keys jsonb, data jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(jsonb_object_agg(coalesce(with_keys.keys ->> key, key), value), '{}')
  from jsonb_each(with_keys.data)
$$;

ALTER FUNCTION torque.with_keys(keys jsonb, data jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION with_keys(keys jsonb, data jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.with_keys(keys jsonb, data jsonb) IS 'Values by storage key instead of outside name; unknown names stay, for the validator to refuse.';

-- Name: without_nulls(jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.without_nulls(data jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select coalesce(jsonb_object_agg(key, value), '{}')
  from jsonb_each(without_nulls.data)
  where jsonb_typeof(value) <> 'null'
$$;

ALTER FUNCTION torque.without_nulls(data jsonb) OWNER TO prefix_owner;

-- Name: FUNCTION without_nulls(data jsonb); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.without_nulls(data jsonb) IS 'The object without its own null members. Nulls deeper inside a Json property stay as they were given.';

-- Name: write_delete_rules(integer); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.write_delete_rules(type_id integer) RETURNS void
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_type   torque.entity_types;
  v_rule   record;
  v_code   text := '';
  v_ends   text;
begin
  select * into strict v_type from torque.entity_types t where t.id = write_delete_rules.type_id;
  -- Restrictions first: nothing is cascaded for a delete that will be refused.
  for v_rule in
    select r.name, r.property_key,
      -- A retired relationship restricts nothing, and its links must not outlive their ends.
      case when r.retired_at is null then r.on_delete else 'cascade' end as on_delete,
      r.link_table, s.leaf, s.label, s.name as type_name,
        r.source_type_id = v_type.id as is_source, r.target_type_id = v_type.id as is_target
    from torque.relationships r
    join torque.entity_types s on s.id = r.source_type_id
    where (r.retired_at is null and r.property_key is not null and r.target_type_id = v_type.id)
      or (to_regclass(r.link_table) is not null and v_type.id in (r.source_type_id,
        r.target_type_id))
    order by r.on_delete = 'restrict' desc, r.key
  loop
    if v_rule.link_table is not null then
      v_ends := case
        when v_rule.is_source and v_rule.is_target then
          'source_id = any (array(select id from before_rows)) or target_id = any (array(select id from before_rows))'
        when v_rule.is_source then 'source_id = any (array(select id from before_rows))'
        else 'target_id = any (array(select id from before_rows))' end;
      if v_rule.on_delete = 'restrict' then
        v_code := v_code || format(
          E'  select count(*) into v_count from (select from %1$s where %2$s limit 101) blocking;\n'
          '  if v_count > 0 then\n'
          '    perform torque.refuse(''TQ409'', %3$L, jsonb_build_object(''relationship'', %4$L, ''count'', v_count));\n'
          '  end if;\n',
          v_rule.link_table, v_ends, format('%s is still linked by %s', v_type.label, v_rule.name),
            v_rule.name);
      else
        v_code := v_code || format(E'  delete from %s where %s;\n', v_rule.link_table, v_ends);
      end if;
    elsif v_rule.on_delete = 'restrict' then
      v_code := v_code || format(
        E'  select count(*) into v_count from (\n'
        '    select from %1$s where ((data->>%2$L)::uuid) = any (array(select id from before_rows)) limit 101) blocking;\n'
        '  if v_count > 0 then\n'
        '    perform torque.refuse(''TQ409'', %3$L,\n'
        '      jsonb_build_object(''relationship'', %4$L, ''entity_type'', %5$L, ''count'', v_count));\n'
        '  end if;\n',
        v_rule.leaf, v_rule.property_key, format('%s is still used by %s', v_type.label,
          v_rule.label), v_rule.name, v_rule.type_name);
    else
      v_code := v_code || format(
        E'  %1$s where ((data->>%2$L)::uuid) = any (array(select id from before_rows));\n'
        '  get diagnostics v_count = row_count;\n'
        '  if v_count > 10000 then\n'
        '    perform torque.refuse(''TQ409'', %3$L, jsonb_build_object(''relationship'', %4$L, ''count'', v_count));\n'
        '  end if;\n',
        case v_rule.on_delete
          when 'cascade' then format('delete from %s', v_rule.leaf)
          else format('update %s set data = data - %L', v_rule.leaf, v_rule.property_key) end,
        v_rule.property_key,
        format('deleting %s would reach more than 10,000 of %s: delete those first', v_type.label,
          v_rule.label), v_rule.name);
    end if;
  end loop;

  execute format('create or replace function %I.%I() returns trigger language plpgsql as %L',
    torque.data_schema(v_type.application_id), torque.object_name('delete_', v_type.key),
    case when v_code = ''
      then E'\n-- Made by Torque''s generator: nothing refers to this type.\nbegin\n  return null;\nend\n'
    else format(
      E'\n-- Made by Torque''s generator from the relationships that end here.\n'
      'declare\n  v_count bigint;\nbegin\n'
      '  if not exists (select from before_rows) then\n    return null;\n  end if;\n'
      '  perform torque.refuse_old_snapshot();\n'
      '%s  return null;\nend\n', v_code) end);
end
$_$;

ALTER FUNCTION torque.write_delete_rules(type_id integer) OWNER TO prefix_owner;

-- Name: FUNCTION write_delete_rules(type_id integer); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.write_delete_rules(type_id integer) IS 'Generates the on-delete rules of an entity type.';

-- Name: write_feed_functions(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.write_feed_functions(application_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
  v_data text := torque.data_schema(write_feed_functions.application_id);
begin
  perform torque.write_record_functions(write_feed_functions.application_id);

  execute format($make$
create or replace function %1$I.sequence_changes(max_rows integer) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Statistics of queues flap: one index can serve each scan, and nothing else may be chosen.
set enable_seqscan = off set enable_bitmapscan = off set jit = off
as $body$
-- Made by Torque from one template for every application (sql/logic/50_change_feed.sql).
declare
  v_last  %1$I.feed_steps;
  v_open  xid8[];        -- transactions in flight at the last step
  v_next  xid8;          -- the first transaction that had not begun then
  v_ids   bigint[];
  v_hi    bigint;
  v_snap  pg_snapshot;
  v_at    timestamptz;
  v_count bigint;
begin
  select * into v_last from %1$I.feed_steps order by pos desc limit 1;
  v_open := array(select pg_snapshot_xip(v_last.snap));
  v_next := pg_snapshot_xmax(v_last.snap);
  -- Idle costs no lock, no transaction id, no WAL.
  if not exists (select from %1$I.outbox where id > v_last.hi)
     and not exists (select from %1$I.outbox where xid = any (v_open))
     and not exists (select from %1$I.outbox where xid >= v_next) then
    return 0;
  end if;

  -- Whoever is second leaves it to the first, which steps again: waiting would hold up a shared
  -- connection, and with it the other applications' steps.
  if not pg_try_advisory_xact_lock(%3$s) then
    return 0;
  end if;
  -- The commit queues for the lock of NOTIFY, which on a busy machine takes longer than the role
  -- gives a single statement: local, so that it still holds then.
  perform set_config('lock_timeout', '2s', true);
  select * into v_last from %1$I.feed_steps order by pos desc limit 1;
  v_open := array(select pg_snapshot_xip(v_last.snap));
  v_next := pg_snapshot_xmax(v_last.snap);

  -- Ids already passed whose transactions were not visible at the last step, then new ids. The
  -- snapshot is this statement's: what it sees is taken, what it does not see is late next time.
  select array_agg(id), max(id), pg_current_snapshot()
  into v_ids, v_hi, v_snap
  from (
    select id from %1$I.outbox where xid = any (v_open) and id <= v_last.hi
    union all
    select id from %1$I.outbox where xid >= v_next and id <= v_last.hi
    union all
    (select id from %1$I.outbox where id > v_last.hi order by id limit max_rows)
  ) waiting;
  if v_ids is null then
    return 0;
  end if;

  -- The clock may be set back; `at` may not.
  v_at := greatest(clock_timestamp(), v_last.at);
  v_hi := greatest(v_hi, v_last.hi);
  -- A transaction of more rows than a step takes is cut: its end is marked in the step that reaches
  -- it.
  insert into %1$I.changes (application_id, pos, at, txn, last, kind, entity_type_id, entity_id,
    op, version,
    data, old, created_at, updated_at, caller, origin, cause)
  select %2$L, v_last.pos + row_number() over (order by last_id, id), v_at,
    xid, id = last_id and not exists (select from %1$I.outbox later where later.xid = taken.xid
      and later.id > v_hi),
    kind, entity_type_id, entity_id, op, version, data, old, created_at, updated_at, caller,
      origin, cause
  from (
    select *, max(id) over (partition by xid) as last_id
    from %1$I.outbox
    where id = any (v_ids)
  ) taken;
  get diagnostics v_count = row_count;

  delete from %1$I.outbox where id = any (v_ids);
  insert into %1$I.feed_steps (pos, at, hi, snap) values (v_last.pos + v_count, v_at, v_hi, v_snap);
  perform pg_notify('torque', %2$L);
  return v_count;
end
$body$;
comment on function %1$I.sequence_changes(integer) is
  'Gives positions to changes that have become visible. Any server may call it at any time; returns how many.';

create or replace function %1$I.fold_counters() returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $body$
-- Made by Torque from one template for every application (sql/logic/50_change_feed.sql).
declare
  v_count bigint;
begin
  if not exists (select from %1$I.counter_deltas) then
    return 0;
  end if;
  -- Whoever is second leaves it to the first: waiting would only find nothing to fold.
  if not pg_try_advisory_xact_lock(%4$s) then
    return 0;
  end if;
  -- One statement, one snapshot: a reader sees the deltas or the total that holds them, never both
  -- or neither.
  with folded as (
    delete from %1$I.counter_deltas returning entity_type_id, delta
  ), summed as (
    select entity_type_id, sum(delta) as delta, count(*) as folded_rows
      from folded group by entity_type_id
  ), written as (
    insert into %1$I.counters as c (entity_type_id, total)
    select entity_type_id, delta from summed
    on conflict (entity_type_id) do update set total = c.total + excluded.total
    returning 1
  )
  select sum(folded_rows) into v_count from summed;
  return v_count;
end
$body$;
comment on function %1$I.fold_counters() is 'Adds the deltas to the counters; servers call it once a second.';

create or replace function %1$I.prune() returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $body$
-- Made by Torque from one template for every application (sql/logic/50_change_feed.sql).
declare
  v_count bigint;
  v_total bigint := 0;
begin
  delete from %1$I.feed_steps
  where at < now() - torque.setting('feed.step_retention_minutes',
    '60')::integer * interval '1 minute'
    and pos < (select max(pos) from %1$I.feed_steps);
  get diagnostics v_count = row_count;
  v_total := v_total + v_count;
  delete from %1$I.match_steps
  where at < now() - torque.setting('feed.step_retention_minutes',
    '60')::integer * interval '1 minute'
    and pos < (select max(pos) from %1$I.match_steps);
  get diagnostics v_count = row_count;
  v_total := v_total + v_count;
  delete from %1$I.idempotency_keys where ctid = any (array(
    select ctid from %1$I.idempotency_keys
    where at < now() - torque.setting('idempotency.retention_hours',
      '24')::integer * interval '1 hour'
    limit 10000));
  get diagnostics v_count = row_count;
  v_total := v_total + v_count;
  delete from %1$I.trigger_firings where ctid = any (array(
    select ctid from %1$I.trigger_firings
    where fired_at < now() - torque.setting('trigger.firing_retention_days',
      '90')::integer * interval '1 day'
    limit 10000));
  get diagnostics v_count = row_count;
  v_total := v_total + v_count;
  delete from torque.kept_values where ctid = any (array(
    select ctid from torque.kept_values where application_id = %2$L and expires_at < now()
    limit 10000));
  get diagnostics v_count = row_count;
  v_total := v_total + v_count;
  delete from %1$I.xflow_signals where ctid = any (array(
    select s.ctid from %1$I.xflow_signals s
    where s.sent_at < now() - interval '1 hour'
      and not exists (select from %1$I.xflow_executions e where e.id = s.execution_id)
    limit 10000));
  get diagnostics v_count = row_count;
  return v_total + v_count;
end
$body$;
comment on function %1$I.prune() is 'Removes steps, idempotency keys, firings and signals past their retention, in bounded batches.';
$make$,
    v_data, write_feed_functions.application_id,
    torque.lock_number('sequence', write_feed_functions.application_id),
    torque.lock_number('fold', write_feed_functions.application_id));
end
$_$;

ALTER FUNCTION torque.write_feed_functions(application_id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION write_feed_functions(application_id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.write_feed_functions(application_id uuid) IS 'Generates an application''s feed functions.';

-- Name: write_leaf_triggers(text, text, text, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.write_leaf_triggers(leaf text, schema text, check_function text, delete_function text) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
begin
  execute format(
    'create trigger entity_is_checked before insert or update on %s
       for each row execute function %I.%I()', leaf, schema, check_function);
  -- Recorded per statement: importing 1,000 entities is one insert into the outbox (31 us a row
  -- against 53).
  execute format(
    'create trigger entity_create_is_recorded after insert on %s
       referencing new table as after_rows
         for each statement execute function %I.record_create()', leaf, schema);
  execute format(
    'create trigger entity_update_is_recorded after update on %s
       referencing old table as before_rows new table as after_rows
       for each statement execute function %I.record_update()', leaf, schema);
  execute format(
    'create trigger entity_delete_is_recorded after delete on %s
       referencing old table as before_rows
         for each statement execute function %I.record_delete()', leaf, schema);
  execute format(
    'create trigger entity_delete_is_followed after delete on %s
       referencing old table as before_rows
         for each statement execute function %I.%I()', leaf, schema, delete_function);
  execute format(
    'create trigger entity_truncate_is_recorded before truncate on %s
       for each statement execute function %I.record_truncate()', leaf, schema);
end
$$;

ALTER FUNCTION torque.write_leaf_triggers(leaf text, schema text, check_function text, delete_function text) OWNER TO prefix_owner;

-- Name: write_link_validator(uuid, text, text, text, text, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.write_link_validator(application_id uuid, key text, label text, source_leaf text, target_leaf text, properties jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_zone text := coalesce(torque.coming_model(write_link_validator.application_id) ->> 'time_zone',
    'UTC');
begin
  execute format('create or replace function %I.%I() returns trigger language plpgsql as %L',
    torque.data_schema(write_link_validator.application_id), torque.object_name('check_link_',
      write_link_validator.key),
    format($body$
-- Made by Torque's generator, version %1$s.
declare
  v_good   boolean;
  v_source boolean;
begin
  if tg_op = 'INSERT' then
    new.version := 1;
    new.created_at := now();
    new.updated_at := new.created_at;
  else
    if (new.source_id, new.target_id) is distinct from (old.source_id, old.target_id) then
      perform torque.refuse('TQ422', 'a link does not change its ends: unlink, then link',
        '[{"field": "source_id", "code": "read_only", "message": "a link does not change its ends: unlink, then link"}]');
    end if;
    new.version := old.version + 1;
    new.created_at := old.created_at;
    new.updated_at := greatest(now(), old.updated_at);
  end if;
  if jsonb_typeof(new.data) is distinct from 'object' then
    perform torque.refuse_values(%2$L, torque.list_errors('[]', new.data));
  end if;
  new.data := torque.without_nulls(new.data);
  if tg_op = 'INSERT' then
    null;
%3$s  end if;
%4$s  v_good := (pg_column_size(new.data) <= 262144
    and new.data - %5$L::text[] = '{}'
    and %6$s) is true;
  if not v_good then
    perform torque.refuse_values(%2$L, torque.list_errors(%7$L, new.data));
  end if;
  if tg_op = 'INSERT' then
    perform torque.refuse_old_snapshot();
    perform from %8$s where id = new.source_id for key share;
    v_source := found;
    perform from %9$s where id = new.target_id for key share;
    if not (v_source and found) then
      perform torque.refuse_ends(%2$L, v_source, found);
    end if;
  end if;
  return new;
end
$body$,
      torque.generator_version(), write_link_validator.label,
      torque.default_values(write_link_validator.properties, v_zone),
      (select coalesce(string_agg(torque.canonical_value(property, v_zone), '' order by ordinal),
        '')
       from jsonb_array_elements(write_link_validator.properties) with ordinality as each(property,
         ordinal)),
      array(select property ->> 'key'
        from jsonb_array_elements(write_link_validator.properties) as property),
      (select coalesce(string_agg(torque.good_value(property), E'\n    and ' order by ordinal),
        'true')
       from jsonb_array_elements(write_link_validator.properties) with ordinality as each(property,
         ordinal)),
      write_link_validator.properties, source_leaf, target_leaf));
end
$_$;

ALTER FUNCTION torque.write_link_validator(application_id uuid, key text, label text, source_leaf text, target_leaf text, properties jsonb) OWNER TO prefix_owner;

-- Name: write_link_view(uuid, text, text, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.write_link_view(application_id uuid, key text, name text, link_table text) RETURNS void
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_slug     text;
  v_data     text := torque.data_schema(write_link_view.application_id);
  v_function text := format('%I.%I', v_data, torque.object_name('write_link_',
    write_link_view.key));
  v_view     text;
begin
  select slug into v_slug from torque.applications a where a.id = write_link_view.application_id;
  v_view := format('%I.%I', v_slug, write_link_view.name);
  execute format('create or replace function %s() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as %L', v_function, format($body$
-- Made by Torque's generator.
begin
  if tg_op = 'INSERT' then
    perform torque.refuse_system_columns(new.version is not null, new.created_at is not null,
      new.updated_at is not null);
    insert into %1$s (source_id, target_id, data)
    values (new.source_id, new.target_id, coalesce(new.data, '{}'))
    returning data, version, created_at, updated_at into new.data, new.version, new.created_at,
      new.updated_at;
    return new;
  elsif tg_op = 'UPDATE' then
    perform torque.refuse_system_columns(new.version is distinct from old.version,
      new.created_at is distinct from old.created_at, new.updated_at is distinct
        from old.updated_at);
    update %1$s set source_id = new.source_id, target_id = new.target_id, data = new.data
    where source_id = old.source_id and target_id = old.target_id and version = old.version
    returning data, version, updated_at into new.data, new.version, new.updated_at;
  else
    delete from %1$s where source_id = old.source_id and target_id = old.target_id
      and version = old.version;
  end if;
  if not found then
    raise exception 'the link has been changed or removed by someone else meanwhile' using errcode = '40001';
  end if;
  return coalesce(new, old);
end
$body$, write_link_view.link_table));
  execute format('alter function %s() owner to %I', v_function, torque.role('views'));
  execute format('create or replace view %s as
    select l.source_id, l.target_id, l.data, l.version, l.created_at, l.updated_at
      from %s l', v_view, write_link_view.link_table);
  execute format('grant usage, create on schema %I to %I', v_slug, torque.role('views'));
  execute format('alter view %s owner to %I', v_view, torque.role('views'));
  execute format('comment on view %s is %L', v_view,
    'Links: insert to link, delete to unlink; data holds the link''s own values.');
  execute format('create or replace trigger link_is_written instead of insert or update or delete on %s
    for each row execute function %s()', v_view, v_function);
end
$_$;

ALTER FUNCTION torque.write_link_view(application_id uuid, key text, name text, link_table text) OWNER TO prefix_owner;

-- Name: write_match_functions(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.write_match_functions(application_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
  v_data text := torque.data_schema(write_match_functions.application_id);
begin
  execute format($make$
-- Executions of changes in (from_pos, to_pos], for one trigger or for all.
create or replace function %1$I.match_range(from_pos bigint, to_pos bigint, only_trigger uuid)
  returns bigint
language plpgsql
as $body$
-- Made by Torque from one template for every application (sql/logic/71_match.sql).
declare
  v_max_depth integer := torque.setting('trigger.max_depth', '8')::integer;
  v_max_root  integer := torque.setting('trigger.max_per_root', '10')::integer;
  v_epoch     text := (select epoch from torque.installation);
  v_count     bigint;
begin
  with matched as materialized (
    select t.id as trigger_id, t.xflow_id, t.trigger_type, c.pos, c.entity_type_id, c.entity_id,
      c.op, c.version,
      c.data, c.old, c.caller,
      coalesce(split_part(c.cause, ':', 1), c.pos::text) as root,
      coalesce(nullif(split_part(c.cause, ':', 3), '')::integer, 0) + 1 as depth
    from %1$I.changes c
    join %1$I.xflow_triggers t on t.enabled
      and t.entity_type_id = c.entity_type_id
      and (t.trigger_type = 'OnPersist'
        or t.trigger_type = case c.op when 'create' then 'OnCreate' when 'update' then 'OnUpdate'
          when 'delete' then 'OnDelete' end)
    where c.pos > from_pos and c.pos <= to_pos and c.kind = 'entity' and c.op in ('create',
      'update', 'delete')
      and (only_trigger is null or t.id = only_trigger)
      and (c.op <> 'update' or not t.trigger_config ? 'changed'
        or c.old ?| array(select jsonb_array_elements_text(t.trigger_config -> 'changed')))
      and (not t.trigger_config ? 'condition'
        or jsonb_path_match(jsonb_build_object('new', c.data, 'old', c.old),
          (t.trigger_config ->> 'condition')::jsonpath, silent => true))
      -- What an execution of an xflow does to its own entity does not start it again, unless the
      -- trigger says so.
      and (coalesce((t.trigger_config ->> 'self')::boolean, false) or c.cause is null
        or not exists (
        select from %1$I.xflow_executions e
        join torque.xflows x on x.id = e.xflow_id
        where e.id = split_part(c.cause, ':', 2)::uuid and x.key = (select own.key from torque.xflows own where own.id = t.xflow_id)
          and e.trigger_data ->> 'entity_id' = c.entity_id::text
        union all
        select from %1$I.xflow_execution_history e
        join torque.xflows x on x.id = e.xflow_id
        where e.id = split_part(c.cause, ':', 2)::uuid and x.key = (select own.key from torque.xflows own where own.id = t.xflow_id)
          and e.trigger_data ->> 'entity_id' = c.entity_id::text))
  ), fired as (
    insert into %1$I.trigger_firings (trigger_id, key, execution_id)
    select trigger_id, 'pos:' || v_epoch || ':' || pos, torque.uuidv7() from matched
    on conflict (trigger_id, key) do nothing
    returning trigger_id, key, execution_id
  )
  insert into %1$I.xflow_executions (id, xflow_id, trigger_id, trigger_type, trigger_data,
    input_data, caller, root, depth,
    status, priority, model_version)
  select f.execution_id, m.xflow_id, m.trigger_id, m.trigger_type,
    jsonb_build_object('pos', m.pos, 'op', m.op, 'entity_type_id', m.entity_type_id, 'entity_id',
      m.entity_id,
      'version', m.version, 'caller', m.caller),
    jsonb_build_object('entity', m.data, 'before', m.old),
    m.caller, m.root, m.depth,
    case
      when m.depth > v_max_depth then 'blocked'
      when m.depth > 1 and (
        select count(*) from (
          select e.trigger_data from %1$I.xflow_executions e
          where e.root = m.root and e.xflow_id = m.xflow_id
          union all
          select e.trigger_data from %1$I.xflow_execution_history e
          where e.root = m.root and e.xflow_id = m.xflow_id
        ) of_root
        where of_root.trigger_data ->> 'entity_id' = m.entity_id::text
      ) >= v_max_root then 'blocked'
      else 'waiting'
    end,
    x.priority, x.model_version
  from fired f
  join matched m on m.trigger_id = f.trigger_id and f.key = 'pos:' || v_epoch || ':' || m.pos
  join torque.xflows x on x.id = m.xflow_id;
  get diagnostics v_count = row_count;
  return v_count;
end
$body$;

create or replace function %1$I.match_triggers(max_rows integer) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $body$
-- Made by Torque from one template for every application (sql/logic/71_match.sql).
declare
  v_from    bigint;
  v_to      bigint;
  v_low     bigint;
  v_high    bigint;
  v_middle  bigint;
  v_made    bigint;
  v_trigger uuid;
  v_state   text;
  v_message text;
begin
  select max(pos) into v_from from %1$I.match_steps;
  select max(pos) into v_to from %1$I.feed_steps;
  if v_to <= v_from then
    return 0;
  end if;
  -- Whoever is second looks again later: the first may die before it commits.
  if not pg_try_advisory_xact_lock(%3$s) then
    return 1;
  end if;
  -- What a crash takes back is matched again, executions and step alike.
  perform set_config('synchronous_commit', 'off', true);
  -- It sends NOTIFY too, see 50.
  perform set_config('lock_timeout', '2s', true);
  select max(pos) into v_from from %1$I.match_steps;
  v_to := least(v_to, v_from + max_rows);
  if v_to <= v_from then
    return 0;
  end if;

  if not exists (select from %1$I.xflow_triggers where enabled) then
    v_made := 0;
  else
    begin
      v_made := %1$I.match_range(v_from, v_to, null);
    exception when others then
      v_made := null;
    end;
  end if;
  if v_made is null then
    v_made := 0;
    for v_trigger in select id from %1$I.xflow_triggers where enabled
      and entity_type_id is not null order by id loop
      v_low := v_from;
      begin
        v_made := v_made + %1$I.match_range(v_low, v_to, v_trigger);
        continue;
      exception when others then
        v_state := sqlstate;
        v_message := sqlerrm;
      end;
      -- Halving: (v_low, v_high] holds the first change that fails; everything up to v_low has been
      -- matched.
      v_high := v_to;
      while v_high - v_low > 1 loop
        v_middle := (v_low + v_high) / 2;
        begin
          v_made := v_made + %1$I.match_range(v_low, v_middle, v_trigger);
          v_low := v_middle;
        exception when others then
          v_state := sqlstate;
          v_message := sqlerrm;
          v_high := v_middle;
        end;
      end loop;
      update %1$I.xflow_triggers
      set enabled = false,
        fault = jsonb_build_object('pos', v_high, 'sqlstate', v_state, 'message', v_message, 'at',
          clock_timestamp())
      where id = v_trigger;
    end loop;
  end if;

  insert into %1$I.match_steps (pos) values (v_to);
  if v_made > 0 then
    perform pg_notify('torque', %2$L);
  end if;
  return v_to - v_from;
end
$body$;
comment on function %1$I.match_triggers(integer) is
  'Turns changes into executions; returns how many changes were read, 1 when another server is at it. Any server may call it at any time.';
$make$, v_data, write_match_functions.application_id, torque.lock_number('match',
  write_match_functions.application_id));
end
$_$;

ALTER FUNCTION torque.write_match_functions(application_id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION write_match_functions(application_id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.write_match_functions(application_id uuid) IS 'Generates an application''s matching.';

-- Name: write_record_functions(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.write_record_functions(application_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
  v_data  text := torque.data_schema(write_record_functions.application_id);
  v_each  record;
begin
  for v_each in
    select * from (values
      ('record_create', $op$
  insert into %1$I.outbox (entity_type_id, entity_id, op, version, data, created_at, updated_at,
    caller, origin, cause)
  select entity_type_id, id, 'create', version, data, created_at, updated_at,
    case when v_by is null then v_caller else v_by #>> array[id::text, 'caller'] end,
    case when v_by is null then v_origin else v_by #>> array[id::text, 'origin'] end,
    case when v_by is null then v_cause else v_by #>> array[id::text, 'cause'] end
  from after_rows;
  insert into %1$I.counter_deltas (entity_type_id, delta)
  select entity_type_id, count(*) from after_rows group by entity_type_id;$op$),
      -- An update that changed nothing kept its version and is no change. Keys that were absent
      -- before are recorded as null: 24–36 us an update at 0.5 kB, and 30 % less WAL than the whole
      -- old document.
      ('record_update', $op$
  insert into %1$I.outbox (entity_type_id, entity_id, op, version, data, old, created_at,
    updated_at, caller, origin, cause)
  select n.entity_type_id, n.id, 'update', n.version, n.data,
    (select jsonb_object_agg(changed.key, coalesce(o.data -> changed.key, 'null'))
     from (
       select key from jsonb_each(o.data) where value is distinct from n.data -> key
       union all
       select key from jsonb_object_keys(n.data) as key where not o.data ? key
     ) changed),
    n.created_at, n.updated_at,
    case when v_by is null then v_caller else v_by #>> array[n.id::text, 'caller'] end,
    case when v_by is null then v_origin else v_by #>> array[n.id::text, 'origin'] end,
    case when v_by is null then v_cause else v_by #>> array[n.id::text, 'cause'] end
  from after_rows n
  join before_rows o on o.id = n.id
  where n.version <> o.version;$op$),
      ('record_delete', $op$
  insert into %1$I.outbox (entity_type_id, entity_id, op, version, old, updated_at, caller, origin,
    cause)
  select entity_type_id, id, 'delete', version, data, now(), v_caller, v_origin, v_cause
  from before_rows;
  insert into %1$I.counter_deltas (entity_type_id, delta)
  select entity_type_id, -count(*) from before_rows group by entity_type_id;$op$),
      ('record_truncate', $op$
  select id into v_type from torque.entity_types where leaf = format('%%I.%%I', tg_table_schema,
    tg_table_name);
  execute format('select count(*) from %%I.%%I', tg_table_schema, tg_table_name) into v_count;
  insert into %1$I.outbox (entity_type_id, op, updated_at, caller, origin, cause)
  values (v_type, 'truncate', now(), v_caller, v_origin, v_cause);
  insert into %1$I.counter_deltas (entity_type_id, delta) values (v_type, -v_count);$op$),
      -- Links: the database trigger's arguments are the relationship's key and its source type.
      ('record_link', $op$
  insert into %1$I.outbox (kind, entity_type_id, entity_id, op, version, data, created_at,
    updated_at, caller, origin, cause)
  select 'link', tg_argv[1]::integer, source_id, 'link', version, jsonb_build_object(
      'relationship', v_name, 'target_type_id', v_target, 'target_id', target_id, 'data', data),
    created_at, updated_at, v_caller, v_origin, v_cause
  from after_rows;$op$),
      ('record_unlink', $op$
  insert into %1$I.outbox (kind, entity_type_id, entity_id, op, version, data, updated_at, caller,
    origin, cause)
  select 'link', tg_argv[1]::integer, source_id, 'unlink', version, jsonb_build_object(
      'relationship', v_name, 'target_type_id', v_target, 'target_id', target_id, 'data', data),
    now(), v_caller, v_origin, v_cause
  from before_rows;$op$),
      ('record_link_truncate', $op$
  insert into %1$I.outbox (kind, entity_type_id, op, data, updated_at, caller, origin, cause)
  values ('link', tg_argv[1]::integer, 'truncate', jsonb_build_object('relationship', v_name,
    'target_type_id', v_target), now(), v_caller, v_origin, v_cause);$op$)
    ) as each(name, statements)
  loop
    execute format('create or replace function %I.%I() returns trigger language plpgsql as %L',
      v_data, v_each.name,
      format(E'\n-- Made by Torque from one template for every application (sql/logic/49_record.sql).\n'
        'declare\n'
        '  v_ctx    jsonb := case when session_user = %2$L then nullif(current_setting(''torque.ctx'', true), '''')::jsonb end;\n'
        '  v_caller text := coalesce(v_ctx ->> ''caller'', session_user);\n'
        '  v_origin text := coalesce(v_ctx ->> ''origin'', ''sql'');\n'
        '  v_cause  text := v_ctx ->> ''cause'';\n'
        '  v_by     jsonb := v_ctx -> ''by'';\n'
        '%4$s'
        'begin\n'
        -- Which of several callers set this write off is not known here: each is asked again alone.
        '  if v_by is not null and pg_trigger_depth() > 1 then\n'
        '    perform torque.refuse(''TQ409'', ''a write that several callers set off together has no caller'');\n'
        '  end if;'
        '%5$s\n'
        -- The server that wrote steps by itself: no NOTIFY stands in the way of its commits.
        '  if session_user <> %2$L and (select last_value from %1$I.bell) = 2 then\n'
        '    perform pg_notify(''torque'', %3$L);\n'
        '  end if;\n'
        '  return null;\n'
        'end\n',
        v_data, torque.role('server'), write_record_functions.application_id,
        case
          when v_each.name = 'record_truncate' then E'  v_type   integer;\n  v_count  bigint;\n'
          when v_each.name like 'record%link%' then E'  v_name   text;\n  v_target integer;\n'
          else '' end,
        case when v_each.name like 'record%link%' then format(
          E'\n  select name, target_type_id into v_name, v_target from torque.relationships\n'
          '  where application_id = %L and key = tg_argv[0];',
            write_record_functions.application_id)
          else '' end
        || format(v_each.statements, v_data)));
  end loop;
end
$_$;

ALTER FUNCTION torque.write_record_functions(application_id uuid) OWNER TO prefix_owner;

-- Name: FUNCTION write_record_functions(application_id uuid); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.write_record_functions(application_id uuid) IS 'Generates the database triggers'' functions that append to the outbox.';

-- Name: write_upsert(integer, jsonb, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.write_upsert(type_id integer, properties jsonb, former_name text) RETURNS void
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_type     torque.entity_types;
  v_slug     text;
  v_function text;
  v_name     text;
begin
  select * into strict v_type from torque.entity_types t where t.id = write_upsert.type_id;
  select slug into v_slug from torque.applications a where a.id = v_type.application_id;
  v_name := torque.object_name('upsert_', v_type.name);
  v_function := format('%I.%I', v_slug, v_name);
  if former_name <> v_type.name then
    execute format('drop function if exists %I.%I(uuid, jsonb)', v_slug,
      torque.object_name('upsert_', former_name));
  end if;

  execute format('create or replace function %s(id uuid, data jsonb) returns setof %I.%I language plpgsql security definer
    set search_path = pg_catalog, pg_temp as %L', v_function, v_slug, v_type.name, format($body$
-- Made by Torque's generator.
declare
  v_data jsonb := torque.with_keys(%1$L, %2$I.data);
begin
  loop
    update %3$s e set data = e.data || v_data where e.id = %2$I.id;
    exit when found;
    begin
      insert into %3$s (id, data) values (coalesce(%2$I.id, torque.uuidv7()), v_data)
      returning %3$s.id into %2$I.id;
      exit;
    exception when unique_violation then
      -- Someone made it meanwhile: update theirs. Another property's duplicate is refused as such.
      if not exists (select from %3$s e where e.id = %2$I.id) then
        raise;
      end if;
    end;
  end loop;
  return query select * from %4$I.%5$I v where v.id = %2$I.id;
end
$body$,
    (select coalesce(jsonb_object_agg(property ->> 'name', property ->> 'key'), '{}')
     from jsonb_array_elements(write_upsert.properties) as property),
    v_name, v_type.leaf, v_slug, v_type.name));
  execute format('comment on function %s(uuid, jsonb) is %L', v_function,
    format('Makes or updates a %s by its id.', v_type.label));
  execute format('alter function %s(uuid, jsonb) owner to %I', v_function, torque.role('views'));
end
$_$;

ALTER FUNCTION torque.write_upsert(type_id integer, properties jsonb, former_name text) OWNER TO prefix_owner;

-- Name: write_validator(integer, jsonb, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.write_validator(type_id integer, properties jsonb, zone text) RETURNS void
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_type       torque.entity_types;
  v_schema     text;
  v_good       text;
  v_references text;
  v_body       text;
begin
  select * into strict v_type from torque.entity_types where id = write_validator.type_id;
  v_schema := torque.data_schema(v_type.application_id);
  select coalesce(string_agg(torque.good_value(property), E'\n    and ' order by ordinal), 'true')
  into v_good
  from jsonb_array_elements(write_validator.properties) with ordinality as each(property, ordinal);
  v_references := coalesce(torque.reference_checks(write_validator.properties, v_type.leaf), '');

  v_body := format($body$
-- Made by Torque's generator, version %1$s. Replaced by deploys: changes made by hand are lost.
declare
  v_good boolean;
begin
  if tg_op = 'INSERT' then
    new.application_id := %2$L;
    new.entity_type_id := %3$s;
    new.id := coalesce(new.id, torque.uuidv7());
    -- Only the server says otherwise: what it brings back goes on from its history.
    if new.version is distinct from 1 and session_user <> %12$L then
      new.version := 1;
    end if;
    new.created_at := now();
    new.updated_at := new.created_at;
  else
    if new.id <> old.id then
      perform torque.refuse('TQ422', 'the id of an entity never changes',
        '[{"field": "id", "code": "read_only", "message": "the id of an entity never changes"}]');
    end if;
    new.application_id := old.application_id;
    new.entity_type_id := old.entity_type_id;
    new.version := old.version + 1;
    new.created_at := old.created_at;
    new.updated_at := greatest(now(), old.updated_at);
  end if;
  if jsonb_typeof(new.data) is distinct from 'object' then
    perform torque.refuse_values(%4$L, torque.list_errors('[]', new.data));
  end if;
  if new.data @? 'strict $.* ? (@.type() == "null")' then
    new.data := torque.without_nulls(new.data);
  end if;
  if tg_op = 'INSERT' then
    null;
%5$s  end if;
%6$s  if tg_op = 'UPDATE' and new.data = old.data then
    return old;
  end if;
  v_good := (pg_column_size(new.data) <= 262144
    and new.data - %7$L::text[] = %8$s
    and %9$s) is true;
  if v_good then
%10$s    if v_good then
      return new;
    end if;
  end if;
  declare
    -- A variable, so that the error's context in psql does not recite every rule.
    v_rules jsonb := %11$L;
  begin
    perform torque.refuse_values(%4$L,
      torque.list_errors(v_rules, new.data, coalesce(old.data, '{}') - %7$L::text[]), new.id);
  end;
  return null;
end
$body$,
    torque.generator_version(), v_type.application_id, v_type.id, v_type.label,
    torque.default_values(write_validator.properties, write_validator.zone),
    (select coalesce(string_agg(torque.canonical_value(property, write_validator.zone), ''
      order by ordinal), '')
     from jsonb_array_elements(write_validator.properties) with ordinality as each(property,
       ordinal)),
    array(select property ->> 'key'
      from jsonb_array_elements(write_validator.properties) as property),
    -- Values of removed properties stay in the row until they are purged; they may not change, or
    -- come in anew.
    format('case when tg_op = ''UPDATE'' then old.data - %L::text[] else ''{}'' end',
      array(select property ->> 'key'
        from jsonb_array_elements(write_validator.properties) as property)),
    v_good,
    case when v_references = '' then E'    null;\n' else v_references end,
    write_validator.properties, torque.role('server'));

  execute format('create or replace function %I.%I() returns trigger language plpgsql as %L',
    v_schema, torque.object_name('check_', v_type.key), v_body);
  execute format('comment on function %I.%I() is %L', v_schema, torque.object_name('check_',
    v_type.key),
    format('Validates, completes and versions each write of %s.', v_type.label));
end
$_$;

ALTER FUNCTION torque.write_validator(type_id integer, properties jsonb, zone text) OWNER TO prefix_owner;

-- Name: FUNCTION write_validator(type_id integer, properties jsonb, zone text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.write_validator(type_id integer, properties jsonb, zone text) IS 'Generates the validator of an entity type.';

-- Name: write_view(integer, jsonb, jsonb, text); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.write_view(type_id integer, properties jsonb, former_properties jsonb DEFAULT '[]'::jsonb, former_name text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_type     torque.entity_types;
  v_slug     text;
  v_view     text;
  v_column   record;
  v_property jsonb;
  v_columns  text[] := '{}';
  v_names    text[] := '{}';
  v_system   constant jsonb := '{"id": "uuid", "version": "bigint",
    "created_at": "timestamp with time zone", "updated_at": "timestamp with time zone"}';
  v_stuck    text;
begin
  select * into strict v_type from torque.entity_types t where t.id = write_view.type_id;
  select slug into v_slug from torque.applications a where a.id = v_type.application_id;
  v_view := format('%I.%I', v_slug, v_type.name);

  if former_name <> v_type.name and to_regclass(v_view) is null
     and to_regclass(format('%I.%I', v_slug, former_name)) is not null then
    execute format('alter view %I.%I rename to %I', v_slug, former_name, v_type.name);
  end if;

  if to_regclass(v_view) is not null then
    -- Renames first, over names in between: two properties may have swapped theirs.
    for v_column in
      select f ->> 'name' as was, p ->> 'name' as becomes, 'torque rename '
        || (p ->> 'key') as between
      from jsonb_array_elements(former_properties) as f
      join jsonb_array_elements(write_view.properties) as p on p ->> 'key' = f ->> 'key'
      where f ->> 'name' <> p ->> 'name'
    loop
      execute format('alter view %s rename column %I to %I', v_view, v_column.was,
        left(v_column.between, 63));
    end loop;
    for v_column in
      select p ->> 'name' as becomes, 'torque rename ' || (p ->> 'key') as between
      from jsonb_array_elements(former_properties) as f
      join jsonb_array_elements(write_view.properties) as p on p ->> 'key' = f ->> 'key'
      where f ->> 'name' <> p ->> 'name'
    loop
      execute format('alter view %s rename column %I to %I', v_view, left(v_column.between, 63),
        v_column.becomes);
    end loop;

    -- A column whose type is another now cannot stay; without dependents the view is made anew.
    select string_agg(quote_ident(a.attname), ', ') into v_stuck
    from pg_catalog.pg_attribute a
    join jsonb_array_elements(write_view.properties) as p on p ->> 'name' = a.attname
    where a.attrelid = v_view::regclass and a.attnum > 0
      and (format_type(a.atttypid, null) <> torque.sql_type(p)
        or a.atttypid = 'text'::regtype and (a.attcollation = '"C"'::regcollation) <> (p ->> 'type' = 'Enum'));
    if v_stuck is not null then
      perform torque.refuse_dependents(v_view, format('the type of %s changes', v_stuck));
      execute format('drop function if exists %I.%I(uuid, jsonb)', v_slug,
        torque.object_name('upsert_', coalesce(former_name, v_type.name)));
      execute format('drop view %s', v_view);
    end if;
  end if;

  if to_regclass(v_view) is not null then
    for v_column in
      select attname::text as name, format_type(atttypid, null)
        || case when attcollation = '"C"'::regcollation then ' collate "C"' else '' end as type
      from pg_catalog.pg_attribute
      where attrelid = v_view::regclass and attnum > 0
      order by attnum
    loop
      v_property := (select p from jsonb_array_elements(write_view.properties) as p
        where p ->> 'name' = v_column.name);
      v_names := v_names || v_column.name;
      v_columns := v_columns || format('%s as %I',
        case
          when v_system ? v_column.name then 'e.' || quote_ident(v_column.name)
          when v_property is not null then torque.view_value(v_property, 'e.data')
          else 'null::' || v_column.type
        end, v_column.name);
    end loop;
  else
    v_columns := array['e.id as id'];
    v_names := array['id'];
  end if;
  for v_property in select value from jsonb_array_elements(write_view.properties) loop
    continue when v_property ->> 'name' = any (v_names);
    v_names := v_names || (v_property ->> 'name');
    v_columns := v_columns || format('%s as %I', torque.view_value(v_property, 'e.data'),
      v_property ->> 'name');
  end loop;
  v_columns := v_columns || array(
    select format('e.%1$I as %1$I', name)
    from unnest(array['version', 'created_at', 'updated_at']) as name
    where name <> all (v_names));

  perform torque.write_view_function(v_type.id, write_view.properties);
  execute format(E'create or replace view %s as\n  select %s\n  from %s e', v_view,
    array_to_string(v_columns, E',\n    '), v_type.leaf);
  execute format('grant usage, create on schema %I to %I', v_slug, torque.role('views'));
  execute format('alter view %s owner to %I', v_view, torque.role('views'));
  execute format('comment on view %s is %L', v_view,
    coalesce(nullif(v_type.definition ->> 'description', ''), v_type.label));
  for v_property in select value from jsonb_array_elements(write_view.properties) loop
    execute format('comment on column %s.%I is %L', v_view, v_property ->> 'name',
      v_property ->> 'label');
  end loop;
  if not exists (select from pg_catalog.pg_trigger where tgrelid = v_view::regclass
    and tgname = 'entity_is_written') then
    execute format('create trigger entity_is_written instead of insert or update or delete on %s for each row execute function %I.%I()',
      v_view, torque.data_schema(v_type.application_id), torque.object_name('write_', v_type.key));
  end if;
  perform torque.write_upsert(v_type.id, write_view.properties, former_name);
end
$_$;

ALTER FUNCTION torque.write_view(type_id integer, properties jsonb, former_properties jsonb, former_name text) OWNER TO prefix_owner;

-- Name: FUNCTION write_view(type_id integer, properties jsonb, former_properties jsonb, former_name text); Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON FUNCTION torque.write_view(type_id integer, properties jsonb, former_properties jsonb, former_name text) IS 'Makes or changes the typed view of an entity type.';

-- Name: write_view_function(integer, jsonb); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.write_view_function(type_id integer, properties jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_column
declare
  v_type     torque.entity_types;
  v_data     text;
  v_pairs    text;
  v_patch    text;
  v_returned text;
  v_function text;
begin
  select * into strict v_type from torque.entity_types t where t.id = write_view_function.type_id;
  v_data := torque.data_schema(v_type.application_id);
  v_function := format('%I.%I', v_data, torque.object_name('write_', v_type.key));

  select
    torque.build_object(array_agg(format('%L, %s', property ->> 'key',
      torque.data_value(property, torque.new_column(property ->> 'name'))) order by ordinal)),
    string_agg(format(E'    if %1$s is distinct from old%4$s then\n      v_data := v_data || jsonb_build_object(%2$L, %3$s);\n    end if;\n',
      torque.new_column(property ->> 'name'), property ->> 'key',
      torque.data_value(property, torque.new_column(property ->> 'name')),
      substr(torque.new_column(property ->> 'name'), 4)), '' order by ordinal),
    string_agg(format(E'  %s := %s;\n', torque.new_column(property ->> 'name'), torque.view_value(property,
      'v_row.data')), '' order by ordinal)
  into v_pairs, v_patch, v_returned
  from jsonb_array_elements(write_view_function.properties) with ordinality as each(property,
    ordinal);

  execute format('create or replace function %s() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as %L', v_function, format($body$
-- Made by Torque's generator. Writes only the columns that differ, and only the version that was
-- read.
declare
  v_row  %1$s;
  v_data jsonb := '{}';
begin
  if tg_op = 'INSERT' then
    perform torque.refuse_system_columns(new.version is not null, new.created_at is not null,
      new.updated_at is not null);
    insert into %1$s (id, data)
    values (coalesce(new.id, torque.uuidv7()), %2$s)
    returning * into v_row;
  elsif tg_op = 'UPDATE' then
    perform torque.refuse_system_columns(new.version is distinct from old.version,
      new.created_at is distinct from old.created_at, new.updated_at is distinct
        from old.updated_at,
      new.id is distinct from old.id);
%3$s    update %1$s set data = data || v_data
    where id = old.id and version = old.version
    returning * into v_row;
    if not found then
      raise exception 'the %% has been changed or deleted by someone else meanwhile',
        %4$L using errcode = '40001';
    end if;
  else
    delete from %1$s where id = old.id and version = old.version;
    if not found then
      raise exception 'the %% has been changed or deleted by someone else meanwhile',
        %4$L using errcode = '40001';
    end if;
    return old;
  end if;
  new.id := v_row.id;
%5$s  new.version := v_row.version;
  new.created_at := v_row.created_at;
  new.updated_at := v_row.updated_at;
  return new;
end
$body$, v_type.leaf, coalesce(v_pairs, '''{}''::jsonb'), coalesce(v_patch, ''), v_type.label,
  coalesce(v_returned, '')));
  execute format('alter function %s() owner to %I', v_function, torque.role('views'));
end
$_$;

ALTER FUNCTION torque.write_view_function(type_id integer, properties jsonb) OWNER TO prefix_owner;

-- Name: zone(uuid); Type: FUNCTION; Schema: torque; Owner: prefix_owner

CREATE FUNCTION torque.zone(application_id uuid) RETURNS text
    LANGUAGE sql STABLE
    AS $$ select coalesce(torque.coming_model(zone.application_id) ->> 'time_zone', 'UTC') $$;

ALTER FUNCTION torque.zone(application_id uuid) OWNER TO prefix_owner;

-- Name: api_keys; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.api_keys (
    id uuid DEFAULT torque.uuidv7() NOT NULL,
    caller_id uuid NOT NULL,
    name text NOT NULL,
    hash bytea NOT NULL,
    prefix text NOT NULL,
    application_id uuid,
    permission text NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT api_keys_permission_is_known CHECK ((permission = ANY (ARRAY['read'::text, 'write'::text, 'admin'::text])))
);

ALTER TABLE torque.api_keys OWNER TO prefix_owner;

-- Name: TABLE api_keys; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.api_keys IS 'Hashed, scoped, expiring credentials.';

-- Name: COLUMN api_keys.prefix; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.api_keys.prefix IS 'The first characters of the key, for people to tell keys apart.';

-- Name: COLUMN api_keys.application_id; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.api_keys.application_id IS 'The one application the key opens; null: all.';

-- Name: applications; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.applications (
    id uuid DEFAULT torque.uuidv7() NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    model_id uuid NOT NULL,
    model_version integer,
    status text DEFAULT 'running'::text NOT NULL,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT applications_config_is_object CHECK ((jsonb_typeof(config) = 'object'::text)),
    CONSTRAINT applications_slug_is_a_schema CHECK (((slug ~ '^[a-z][a-z0-9_]*$'::text) AND (octet_length(slug) <= 58) AND (slug !~ '_data$'::text) AND (slug !~ '^pg_'::text) AND (slug <> ALL (ARRAY['torque'::text, 'public'::text, 'information_schema'::text])))),
    CONSTRAINT applications_status_is_known CHECK ((status = ANY (ARRAY['running'::text, 'stopped'::text])))
);

ALTER TABLE torque.applications OWNER TO prefix_owner;

-- Name: TABLE applications; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.applications IS 'Running instances of models. The slug names two schemas: people''s (slug) and the data''s (slug_data).';

-- Name: COLUMN applications.model_version; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.applications.model_version IS 'The version that is live; null before the first deploy.';

-- Name: COLUMN applications.config; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.applications.config IS 'partitions: month or year; history_retention_days; sql_roles: {read: [role], write: [role]}.';

-- Name: audited_calls; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.audited_calls (
    id uuid DEFAULT torque.uuidv7() NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    application_id uuid,
    operation text NOT NULL,
    entity_type text,
    entity_id uuid,
    caller text NOT NULL,
    origin text NOT NULL,
    outcome text DEFAULT 'done'::text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT audited_calls_outcome_is_known CHECK ((outcome = ANY (ARRAY['done'::text, 'refused'::text, 'failed'::text])))
)
PARTITION BY RANGE (at);

ALTER TABLE torque.audited_calls OWNER TO prefix_owner;

-- Name: TABLE audited_calls; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.audited_calls IS 'Audited reads, sign-ins, tool calls and refusals. Partitioned by month; its own table, so it can fail no write of an entity.';

-- Name: changes; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.changes (
    application_id uuid NOT NULL,
    pos bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    txn xid8 NOT NULL,
    last boolean NOT NULL,
    kind text NOT NULL,
    entity_type_id integer,
    entity_id uuid,
    op text NOT NULL,
    version bigint,
    data jsonb,
    old jsonb,
    created_at timestamp with time zone,
    updated_at timestamp with time zone,
    caller text,
    origin text,
    cause text
)
PARTITION BY LIST (application_id);

ALTER TABLE torque.changes OWNER TO prefix_owner;

-- Name: TABLE changes; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.changes IS 'Committed events of every application: live feed, history and audit in one. Written by sequencers only.';

-- Name: COLUMN changes.pos; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.changes.pos IS 'Dense position in the application''s feed: 1, 2, 3, … without gaps.';

-- Name: COLUMN changes.at; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.changes.at IS 'The sequencer''s clock; never goes backwards as pos grows.';

-- Name: COLUMN changes.last; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.changes.last IS 'The end of its transaction; false on the last row of a transaction that was cut.';

-- Name: COLUMN changes.kind; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.changes.kind IS 'entity, link, model or application.';

-- Name: COLUMN changes.op; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.changes.op IS 'create, update, delete, truncate, link, unlink or deploy.';

-- Name: COLUMN changes.old; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.changes.old IS 'Previous values of the keys that changed (null: absent before); for deletes the whole row.';

-- Name: COLUMN changes.updated_at; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.changes.updated_at IS 'When it was changed: of an entity or a link its own time after the change, of what is gone the time it went.';

-- Name: COLUMN changes.cause; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.changes.cause IS 'root:execution:depth when an execution made the change.';

-- Name: audit_log; Type: VIEW; Schema: torque; Owner: prefix_owner

CREATE VIEW torque.audit_log AS
 SELECT (md5((((c.application_id)::text || ':'::text) || (c.pos)::text)))::uuid AS id,
    COALESCE(t.name, c.kind) AS entity_type,
    c.entity_id,
    c.op AS operation,
    c.old AS old_data,
    c.data AS new_data,
    c.caller AS user_id,
    c.at AS created_at,
    c.application_id,
    c.pos,
    c.origin,
    c.cause
   FROM (torque.changes c
     LEFT JOIN torque.entity_types t ON ((t.id = c.entity_type_id)))
UNION ALL
 SELECT a.id,
    a.entity_type,
    a.entity_id,
    a.operation,
    NULL::jsonb AS old_data,
    a.details AS new_data,
    a.caller AS user_id,
    a.at AS created_at,
    a.application_id,
    NULL::bigint AS pos,
    a.origin,
    NULL::text AS cause
   FROM torque.audited_calls a;

ALTER TABLE torque.audit_log OWNER TO prefix_owner;

-- Name: VIEW audit_log; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON VIEW torque.audit_log IS 'Who did what, when: the change feeds of all applications, and audited calls.';

-- Name: callers; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.callers (
    id uuid DEFAULT torque.uuidv7() NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    disabled_at timestamp with time zone,
    CONSTRAINT callers_kind_is_known CHECK ((kind = ANY (ARRAY['user'::text, 'key'::text, 'system'::text])))
);

ALTER TABLE torque.callers OWNER TO prefix_owner;

-- Name: TABLE callers; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.callers IS 'Whoever asks, after authentication.';

-- Name: deploy_steps; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.deploy_steps (
    deployment_id uuid NOT NULL,
    ordinal integer NOT NULL,
    phase text NOT NULL,
    title text NOT NULL,
    statement text NOT NULL,
    makes text,
    in_transaction boolean DEFAULT true NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    error jsonb,
    done_at timestamp with time zone,
    CONSTRAINT deploy_steps_phase_is_known CHECK ((phase = ANY (ARRAY['prepare'::text, 'guard'::text, 'scan'::text, 'flip'::text]))),
    CONSTRAINT deploy_steps_state_is_known CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'failed'::text])))
);

ALTER TABLE torque.deploy_steps OWNER TO prefix_owner;

-- Name: TABLE deploy_steps; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.deploy_steps IS 'A deploy''s plan. Every statement may be run twice: a killed deploy resumes at the first step that is not done.';

-- Name: COLUMN deploy_steps.makes; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.deploy_steps.makes IS 'What the step is the first to make, for undoing it.';

-- Name: COLUMN deploy_steps.in_transaction; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.deploy_steps.in_transaction IS 'False for what Postgres runs only outside a transaction: indexes built concurrently, batches that commit.';

-- Name: deployments; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.deployments (
    id uuid DEFAULT torque.uuidv7() NOT NULL,
    application_id uuid NOT NULL,
    model_id uuid NOT NULL,
    version integer NOT NULL,
    state text DEFAULT 'planned'::text NOT NULL,
    error jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT deployments_state_is_known CHECK ((state = ANY (ARRAY['planned'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'undone'::text])))
);

ALTER TABLE torque.deployments OWNER TO prefix_owner;

-- Name: TABLE deployments; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.deployments IS 'Each attempt to make a model version live in an application.';

-- Name: directory; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.directory (
    only_row boolean DEFAULT true NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    CONSTRAINT directory_has_one_row CHECK (only_row)
)
WITH (fillfactor='50');

ALTER TABLE torque.directory OWNER TO prefix_owner;

-- Name: TABLE directory; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.directory IS 'Grows when something changes that every server keeps in memory: models, applications, types, callers, keys, settings.';

-- Name: entities; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.entities (
    application_id uuid NOT NULL,
    entity_type_id integer NOT NULL,
    id uuid DEFAULT torque.uuidv7() NOT NULL,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT entities_data_is_object CHECK ((jsonb_typeof(data) = 'object'::text))
)
PARTITION BY LIST (entity_type_id);

ALTER TABLE torque.entities OWNER TO prefix_owner;

-- Name: TABLE entities; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.entities IS 'Gathers every application''s leaves, to be read by administrators.';

-- Name: COLUMN entities.data; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.entities.data IS 'Values by storage key; null and absent are the same, so nulls are not stored.';

-- Name: COLUMN entities.version; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.entities.version IS 'Grows by one with every update; the optimistic lock a caller sends back.';

-- Name: entity_relationships; Type: VIEW; Schema: torque; Owner: prefix_owner

CREATE VIEW torque.entity_relationships AS
 SELECT list_relationships.id,
    list_relationships.source_entity_id,
    list_relationships.target_entity_id,
    list_relationships.relationship_type,
    list_relationships.relationship_data,
    list_relationships.created_at,
    list_relationships.application_id
   FROM torque.list_relationships() list_relationships(id, application_id, source_entity_id, target_entity_id, relationship_type, relationship_data, created_at);

ALTER TABLE torque.entity_relationships OWNER TO prefix_owner;

-- Name: VIEW entity_relationships; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON VIEW torque.entity_relationships IS 'To-one and many-to-many connections alike. Kept nowhere: read from Reference properties and link tables.';

-- Name: entity_types_id_seq; Type: SEQUENCE; Schema: torque; Owner: prefix_owner

ALTER TABLE torque.entity_types ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME torque.entity_types_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: installation; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.installation (
    only_row boolean DEFAULT true NOT NULL,
    role_prefix text NOT NULL,
    epoch uuid DEFAULT gen_random_uuid() NOT NULL,
    fingerprint text,
    release text,
    logic_digest text,
    installed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT installation_has_one_row CHECK (only_row)
);

ALTER TABLE torque.installation OWNER TO prefix_owner;

-- Name: TABLE installation; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.installation IS 'This installation of Torque in this database: one row.';

-- Name: COLUMN installation.role_prefix; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.installation.role_prefix IS 'What the names of Torque''s roles begin with. Kept when the database is copied as a template.';

-- Name: COLUMN installation.epoch; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.installation.epoch IS 'The life of this database: cursors of the change feed name it; a restore or a copy begins a new one.';

-- Name: COLUMN installation.fingerprint; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.installation.fingerprint IS 'System identifier, timeline and database oid for which the epoch holds.';

-- Name: kept_values; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE UNLOGGED TABLE torque.kept_values (
    application_id uuid NOT NULL,
    key text NOT NULL,
    value jsonb NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT kept_values_key_is_short CHECK ((length(key) <= 500))
);

ALTER TABLE torque.kept_values OWNER TO prefix_owner;

-- Name: TABLE kept_values; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.kept_values IS 'What Cache nodes keep, by application and key.';

-- Name: leaf_indexes; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.leaf_indexes (
    index_name text NOT NULL,
    application_id uuid NOT NULL,
    entity_type_id integer NOT NULL,
    kind text NOT NULL,
    property_keys text[] NOT NULL,
    CONSTRAINT leaf_indexes_kind_is_known CHECK ((kind = ANY (ARRAY['unique'::text, 'value'::text, 'sort'::text, 'search'::text, 'contains'::text, 'filters'::text])))
);

ALTER TABLE torque.leaf_indexes OWNER TO prefix_owner;

-- Name: TABLE leaf_indexes; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.leaf_indexes IS 'Indexes of leaves and the properties they serve: Postgres reports a duplicate by the index''s name on the leaf.';

-- Name: model_versions; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.model_versions (
    id uuid DEFAULT torque.uuidv7() NOT NULL,
    model_id uuid NOT NULL,
    version integer NOT NULL,
    model_json jsonb NOT NULL,
    schema_json jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text,
    CONSTRAINT model_versions_version_counts CHECK ((version >= 1))
);

ALTER TABLE torque.model_versions OWNER TO prefix_owner;

-- Name: TABLE model_versions; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.model_versions IS 'Published versions, frozen. Properties and entities carry their storage keys here.';

-- Name: models; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.models (
    id uuid DEFAULT torque.uuidv7() NOT NULL,
    name text NOT NULL,
    description text,
    version integer DEFAULT 0 NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    model_json jsonb NOT NULL,
    schema_json jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT models_json_is_object CHECK ((jsonb_typeof(model_json) = 'object'::text)),
    CONSTRAINT models_name_has_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 255)))
);

ALTER TABLE torque.models OWNER TO prefix_owner;

-- Name: TABLE models; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.models IS 'The versioned design of an application; model_json is the draft.';

-- Name: COLUMN models.version; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.models.version IS 'The latest published version; 0 before the first.';

-- Name: COLUMN models.revision; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.models.revision IS 'Grows with every change of the draft; the lock an editor sends back.';

-- Name: performance_metrics; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.performance_metrics (
    id uuid DEFAULT torque.uuidv7() NOT NULL,
    metric_type text NOT NULL,
    metric_name text NOT NULL,
    metric_value double precision NOT NULL,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL
)
PARTITION BY RANGE (recorded_at);

ALTER TABLE torque.performance_metrics OWNER TO prefix_owner;

-- Name: TABLE performance_metrics; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.performance_metrics IS 'What each server measured, a row a metric each minute. Partitioned by month; losing a row fails no write.';

-- Name: preferences; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.preferences (
    application_id uuid NOT NULL,
    caller_id uuid NOT NULL,
    name text NOT NULL,
    value jsonb NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE torque.preferences OWNER TO prefix_owner;

-- Name: TABLE preferences; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.preferences IS 'What a caller keeps for themselves in an application, such as the views of a grid. Not part of the application''s data.';

-- Name: relationships; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.relationships (
    id uuid DEFAULT torque.uuidv7() NOT NULL,
    application_id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    source_type_id integer NOT NULL,
    target_type_id integer NOT NULL,
    inverse_name text,
    property_key text,
    link_table text,
    on_delete text NOT NULL,
    definition jsonb DEFAULT '{}'::jsonb NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT relationships_are_a_property_or_a_table CHECK (((property_key IS NULL) <> (link_table IS NULL))),
    CONSTRAINT relationships_kind_is_known CHECK ((kind = ANY (ARRAY['one_to_one'::text, 'one_to_many'::text, 'many_to_many'::text]))),
    CONSTRAINT relationships_on_delete_is_known CHECK ((on_delete = ANY (ARRAY['restrict'::text, 'cascade'::text, 'set_null'::text])))
);

ALTER TABLE torque.relationships OWNER TO prefix_owner;

-- Name: TABLE relationships; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.relationships IS 'Declared connections. To-one: a Reference property of the source type. Many-to-many: a link table.';

-- Name: secrets; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.secrets (
    application_id uuid NOT NULL,
    name text NOT NULL,
    ciphertext bytea NOT NULL,
    nonce bytea NOT NULL,
    key_id text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by text NOT NULL
);

ALTER TABLE torque.secrets OWNER TO prefix_owner;

-- Name: TABLE secrets; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.secrets IS 'Encrypted values by application and name; no reply ever gives one back.';

-- Name: COLUMN secrets.key_id; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.secrets.key_id IS 'Tells keys apart without telling the key: the beginning of a digest of it.';

-- Name: sign_in_links; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.sign_in_links (
    hash bytea NOT NULL,
    kind text NOT NULL,
    caller_id uuid,
    application_id uuid,
    permission text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sign_in_links_kind_is_known CHECK ((kind = ANY (ARRAY['setup'::text, 'sign_in'::text]))),
    CONSTRAINT sign_in_links_permission_is_known CHECK ((permission = ANY (ARRAY['read'::text, 'write'::text, 'admin'::text])))
);

ALTER TABLE torque.sign_in_links OWNER TO prefix_owner;

-- Name: TABLE sign_in_links; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.sign_in_links IS 'Links that become a session once.';

-- Name: sign_in_sessions; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.sign_in_sessions (
    hash bytea NOT NULL,
    caller_id uuid NOT NULL,
    application_id uuid,
    permission text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT sign_in_sessions_permission_is_known CHECK ((permission = ANY (ARRAY['read'::text, 'write'::text, 'admin'::text])))
);

ALTER TABLE torque.sign_in_sessions OWNER TO prefix_owner;

-- Name: TABLE sign_in_sessions; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.sign_in_sessions IS 'Browsers that are signed in.';

-- Name: system_config; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.system_config (
    key text NOT NULL,
    value jsonb NOT NULL,
    description text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT system_config_key_is_dotted CHECK ((key ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$'::text))
);

ALTER TABLE torque.system_config OWNER TO prefix_owner;

-- Name: TABLE system_config; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.system_config IS 'What may change while servers run; each documents itself. Changing a row takes effect without a restart.';

-- Name: trigger_firings; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.trigger_firings (
    application_id uuid NOT NULL,
    trigger_id uuid NOT NULL,
    key text NOT NULL,
    execution_id uuid NOT NULL,
    response jsonb,
    fired_at timestamp with time zone DEFAULT now() NOT NULL
)
PARTITION BY LIST (application_id);

ALTER TABLE torque.trigger_firings OWNER TO prefix_owner;

-- Name: TABLE trigger_firings; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.trigger_firings IS 'What has fired and must not fire again, gathered over applications.';

-- Name: webhook_deliveries; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.webhook_deliveries (
    application_id uuid NOT NULL,
    id uuid NOT NULL,
    trigger_id uuid NOT NULL,
    execution_id uuid,
    firing_key text,
    status integer NOT NULL,
    size integer NOT NULL,
    times integer DEFAULT 1 NOT NULL,
    error text,
    request jsonb,
    at timestamp with time zone DEFAULT now() NOT NULL
)
PARTITION BY LIST (application_id);

ALTER TABLE torque.webhook_deliveries OWNER TO prefix_owner;

-- Name: TABLE webhook_deliveries; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.webhook_deliveries IS 'The latest requests to webhooks, gathered over applications.';

-- Name: COLUMN webhook_deliveries.execution_id; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.webhook_deliveries.execution_id IS 'What it started; null when it was refused.';

-- Name: COLUMN webhook_deliveries.request; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.webhook_deliveries.request IS 'What it held, to be replayed; null when it was refused or too large to be kept.';

-- Name: xflow_execution_history; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.xflow_execution_history (
    application_id uuid NOT NULL,
    id uuid NOT NULL,
    xflow_id uuid NOT NULL,
    trigger_id uuid,
    trigger_type text NOT NULL,
    trigger_data jsonb,
    input_data jsonb DEFAULT '{}'::jsonb NOT NULL,
    output_data jsonb,
    error_data jsonb,
    status text NOT NULL,
    priority integer DEFAULT 5 NOT NULL,
    root text NOT NULL,
    depth integer DEFAULT 0 NOT NULL,
    model_version integer,
    attempts integer DEFAULT 0 NOT NULL,
    retry_of uuid,
    started_at timestamp with time zone,
    completed_at timestamp with time zone NOT NULL,
    execution_time_ms integer,
    node_count integer,
    created_at timestamp with time zone NOT NULL,
    caller text,
    CONSTRAINT xflow_execution_history_status_is_final CHECK ((status = ANY (ARRAY['succeeded'::text, 'failed'::text, 'cancelled'::text, 'dead'::text])))
)
PARTITION BY LIST (application_id);

ALTER TABLE torque.xflow_execution_history OWNER TO prefix_owner;

-- Name: TABLE xflow_execution_history; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.xflow_execution_history IS 'Finished executions of every application, gathered.';

-- Name: xflow_executions; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.xflow_executions (
    application_id uuid NOT NULL,
    id uuid DEFAULT torque.uuidv7() NOT NULL,
    xflow_id uuid NOT NULL,
    trigger_id uuid,
    trigger_type text NOT NULL,
    trigger_data jsonb,
    input_data jsonb DEFAULT '{}'::jsonb NOT NULL,
    output_data jsonb,
    error_data jsonb,
    status text DEFAULT 'waiting'::text NOT NULL,
    priority integer DEFAULT 5 NOT NULL,
    root text NOT NULL,
    depth integer DEFAULT 0 NOT NULL,
    model_version integer,
    run_at timestamp with time zone DEFAULT now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    lease_until timestamp with time zone,
    worker uuid,
    retry_of uuid,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    execution_time_ms integer,
    node_count integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    caller text,
    is_direct boolean DEFAULT false NOT NULL,
    cancelled_at timestamp with time zone,
    running_ms bigint DEFAULT 0 NOT NULL,
    signal_count integer DEFAULT 0 NOT NULL,
    CONSTRAINT xflow_executions_status_is_unfinished CHECK ((status = ANY (ARRAY['waiting'::text, 'running'::text, 'blocked'::text])))
)
PARTITION BY LIST (application_id);

ALTER TABLE torque.xflow_executions OWNER TO prefix_owner;

-- Name: TABLE xflow_executions; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.xflow_executions IS 'Unfinished executions of every application, gathered.';

-- Name: COLUMN xflow_executions.root; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.xflow_executions.root IS 'What began the chain of causes this execution is part of.';

-- Name: COLUMN xflow_executions.fence; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.xflow_executions.fence IS 'Grows at each claim; every later write carries it, so a late worker writes nothing.';

-- Name: COLUMN xflow_executions.caller; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.xflow_executions.caller IS 'Who it acts for: whoever made the change, or called it.';

-- Name: COLUMN xflow_executions.is_direct; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.xflow_executions.is_direct IS 'A caller waits for its answer and it is not durable: when its server dies it ends as failed instead of being resumed.';

-- Name: COLUMN xflow_executions.cancelled_at; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.xflow_executions.cancelled_at IS 'When somebody asked for its end; its worker sees it.';

-- Name: COLUMN xflow_executions.running_ms; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.xflow_executions.running_ms IS 'How long it has worked before it was last parked.';

-- Name: COLUMN xflow_executions.signal_count; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.xflow_executions.signal_count IS 'How many signals it was sent.';

-- Name: xflow_node_executions; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.xflow_node_executions (
    application_id uuid NOT NULL,
    id uuid DEFAULT torque.uuidv7() NOT NULL,
    execution_id uuid NOT NULL,
    node_id text NOT NULL,
    iteration text DEFAULT ''::text NOT NULL,
    status text NOT NULL,
    attempt integer DEFAULT 1 NOT NULL,
    output_data jsonb,
    error_message text,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    completed_at timestamp with time zone,
    execution_time_ms integer,
    kind text,
    port text,
    error_data jsonb,
    log jsonb,
    CONSTRAINT xflow_node_executions_status_is_known CHECK ((status = ANY (ARRAY['started'::text, 'succeeded'::text, 'failed'::text, 'skipped'::text, 'cancelled'::text, 'unknown_outcome'::text])))
)
PARTITION BY LIST (application_id);

ALTER TABLE torque.xflow_node_executions OWNER TO prefix_owner;

-- Name: TABLE xflow_node_executions; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.xflow_node_executions IS 'The journal: what each node of an execution did, gathered over applications.';

-- Name: COLUMN xflow_node_executions.port; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.xflow_node_executions.port IS 'The outcome the node was left by; null while it waits, and after a failure that ended the attempt.';

-- Name: COLUMN xflow_node_executions.log; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.xflow_node_executions.log IS 'What the node''s script said on its console: a list of {level, message}, of limited length.';

-- Name: xflow_signals; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.xflow_signals (
    application_id uuid NOT NULL,
    execution_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    data jsonb DEFAULT 'null'::jsonb NOT NULL,
    sent_by text NOT NULL,
    sent_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT xflow_signals_name_is_short CHECK (((length(name) >= 1) AND (length(name) <= 200)))
)
PARTITION BY LIST (application_id);

ALTER TABLE torque.xflow_signals OWNER TO prefix_owner;

-- Name: TABLE xflow_signals; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.xflow_signals IS 'What executions were sent, gathered over applications.';

-- Name: COLUMN xflow_signals.id; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.xflow_signals.id IS 'The sender''s: the same one again changes nothing.';

-- Name: xflow_triggers; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.xflow_triggers (
    application_id uuid NOT NULL,
    id uuid DEFAULT torque.uuidv7() NOT NULL,
    key text NOT NULL,
    xflow_id uuid NOT NULL,
    trigger_type text NOT NULL,
    entity_type_id integer,
    trigger_config jsonb DEFAULT '{}'::jsonb NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    fault jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT xflow_triggers_config_is_object CHECK ((jsonb_typeof(trigger_config) = 'object'::text))
)
PARTITION BY LIST (application_id);

ALTER TABLE torque.xflow_triggers OWNER TO prefix_owner;

-- Name: TABLE xflow_triggers; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.xflow_triggers IS 'What starts executions, gathered over applications.';

-- Name: COLUMN xflow_triggers.trigger_type; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.xflow_triggers.trigger_type IS 'OnCreate, OnUpdate, OnDelete, OnPersist (any of the three), cron, webhook, manual, onFailure.';

-- Name: COLUMN xflow_triggers.trigger_config; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.xflow_triggers.trigger_config IS 'Entity events: condition (a jsonpath predicate over {new, old}), changed (property keys), self (true: may start itself).';

-- Name: COLUMN xflow_triggers.fault; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.xflow_triggers.fault IS 'Why matching switched the trigger off: {pos, sqlstate, message, at}.';

-- Name: xflows; Type: TABLE; Schema: torque; Owner: prefix_owner

CREATE TABLE torque.xflows (
    id uuid DEFAULT torque.uuidv7() NOT NULL,
    application_id uuid,
    key text NOT NULL,
    name text NOT NULL,
    description text,
    version text DEFAULT '1.0.0'::text NOT NULL,
    model_version integer,
    dag_json jsonb NOT NULL,
    input_schema jsonb DEFAULT '{}'::jsonb NOT NULL,
    output_schema jsonb DEFAULT '{}'::jsonb NOT NULL,
    error_schema jsonb DEFAULT '{}'::jsonb NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    priority integer DEFAULT 5 NOT NULL,
    max_execution_time_ms integer DEFAULT 30000 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    retired_at timestamp with time zone
);

ALTER TABLE torque.xflows OWNER TO prefix_owner;

-- Name: TABLE xflows; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON TABLE torque.xflows IS 'Workflow graphs by application and model version.';

-- Name: COLUMN xflows.key; Type: COMMENT; Schema: torque; Owner: prefix_owner

COMMENT ON COLUMN torque.xflows.key IS 'The xflow''s id in the model.';

-- Name: api_keys api_keys_hash_is_unique; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.api_keys
    ADD CONSTRAINT api_keys_hash_is_unique UNIQUE (hash);

-- Name: api_keys api_keys_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.api_keys
    ADD CONSTRAINT api_keys_pk PRIMARY KEY (id);

-- Name: applications applications_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.applications
    ADD CONSTRAINT applications_pk PRIMARY KEY (id);

-- Name: applications applications_slug_is_unique; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.applications
    ADD CONSTRAINT applications_slug_is_unique UNIQUE (slug);

-- Name: audited_calls audited_calls_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.audited_calls
    ADD CONSTRAINT audited_calls_pk PRIMARY KEY (at, id);

-- Name: callers callers_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.callers
    ADD CONSTRAINT callers_pk PRIMARY KEY (id);

-- Name: deploy_steps deploy_steps_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.deploy_steps
    ADD CONSTRAINT deploy_steps_pk PRIMARY KEY (deployment_id, ordinal);

-- Name: deployments deployments_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.deployments
    ADD CONSTRAINT deployments_pk PRIMARY KEY (id);

-- Name: directory directory_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.directory
    ADD CONSTRAINT directory_pk PRIMARY KEY (only_row);

-- Name: entity_types entity_types_key_is_unique; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.entity_types
    ADD CONSTRAINT entity_types_key_is_unique UNIQUE (application_id, key);

-- Name: entity_types entity_types_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.entity_types
    ADD CONSTRAINT entity_types_pk PRIMARY KEY (id);

-- Name: installation installation_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.installation
    ADD CONSTRAINT installation_pk PRIMARY KEY (only_row);

-- Name: kept_values kept_values_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.kept_values
    ADD CONSTRAINT kept_values_pk PRIMARY KEY (application_id, key);

-- Name: leaf_indexes leaf_indexes_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.leaf_indexes
    ADD CONSTRAINT leaf_indexes_pk PRIMARY KEY (index_name);

-- Name: model_versions model_versions_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.model_versions
    ADD CONSTRAINT model_versions_pk PRIMARY KEY (id);

-- Name: model_versions model_versions_version_is_unique; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.model_versions
    ADD CONSTRAINT model_versions_version_is_unique UNIQUE (model_id, version);

-- Name: models models_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.models
    ADD CONSTRAINT models_pk PRIMARY KEY (id);

-- Name: performance_metrics performance_metrics_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.performance_metrics
    ADD CONSTRAINT performance_metrics_pk PRIMARY KEY (recorded_at, id);

-- Name: preferences preferences_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.preferences
    ADD CONSTRAINT preferences_pk PRIMARY KEY (application_id, caller_id, name);

-- Name: relationships relationships_key_is_unique; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.relationships
    ADD CONSTRAINT relationships_key_is_unique UNIQUE (application_id, key);

-- Name: relationships relationships_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.relationships
    ADD CONSTRAINT relationships_pk PRIMARY KEY (id);

-- Name: secrets secrets_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.secrets
    ADD CONSTRAINT secrets_pk PRIMARY KEY (application_id, name);

-- Name: sign_in_links sign_in_links_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.sign_in_links
    ADD CONSTRAINT sign_in_links_pk PRIMARY KEY (hash);

-- Name: sign_in_sessions sign_in_sessions_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.sign_in_sessions
    ADD CONSTRAINT sign_in_sessions_pk PRIMARY KEY (hash);

-- Name: system_config system_config_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.system_config
    ADD CONSTRAINT system_config_pk PRIMARY KEY (key);

-- Name: xflows xflows_are_unique_by_version; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.xflows
    ADD CONSTRAINT xflows_are_unique_by_version UNIQUE NULLS NOT DISTINCT (application_id, key, model_version);

-- Name: xflows xflows_pk; Type: CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.xflows
    ADD CONSTRAINT xflows_pk PRIMARY KEY (id);

-- Name: api_keys_by_caller; Type: INDEX; Schema: torque; Owner: prefix_owner

CREATE INDEX api_keys_by_caller ON torque.api_keys USING btree (caller_id);

-- Name: applications_by_model; Type: INDEX; Schema: torque; Owner: prefix_owner

CREATE INDEX applications_by_model ON torque.applications USING btree (model_id);

-- Name: audited_calls_by_caller; Type: INDEX; Schema: torque; Owner: prefix_owner

CREATE INDEX audited_calls_by_caller ON ONLY torque.audited_calls USING btree (caller, at);

-- Name: deployments_by_application; Type: INDEX; Schema: torque; Owner: prefix_owner

CREATE INDEX deployments_by_application ON torque.deployments USING btree (application_id, created_at);

-- Name: deployments_one_at_a_time; Type: INDEX; Schema: torque; Owner: prefix_owner

CREATE UNIQUE INDEX deployments_one_at_a_time ON torque.deployments USING btree (application_id) WHERE (state = ANY (ARRAY['planned'::text, 'running'::text]));

-- Name: entity_types_name_is_unique_among_live; Type: INDEX; Schema: torque; Owner: prefix_owner

CREATE UNIQUE INDEX entity_types_name_is_unique_among_live ON torque.entity_types USING btree (application_id, name) WHERE ((retired_at IS NULL) AND (model_version IS NOT NULL));

-- Name: kept_values_by_end; Type: INDEX; Schema: torque; Owner: prefix_owner

CREATE INDEX kept_values_by_end ON torque.kept_values USING btree (expires_at);

-- Name: leaf_indexes_by_type; Type: INDEX; Schema: torque; Owner: prefix_owner

CREATE INDEX leaf_indexes_by_type ON torque.leaf_indexes USING btree (entity_type_id);

-- Name: models_name_is_unique_among_live; Type: INDEX; Schema: torque; Owner: prefix_owner

CREATE UNIQUE INDEX models_name_is_unique_among_live ON torque.models USING btree (name) WHERE (deleted_at IS NULL);

-- Name: performance_metrics_by_name; Type: INDEX; Schema: torque; Owner: prefix_owner

CREATE INDEX performance_metrics_by_name ON ONLY torque.performance_metrics USING btree (metric_name, recorded_at);

-- Name: preferences_by_caller; Type: INDEX; Schema: torque; Owner: prefix_owner

CREATE INDEX preferences_by_caller ON torque.preferences USING btree (caller_id);

-- Name: relationships_by_source; Type: INDEX; Schema: torque; Owner: prefix_owner

CREATE INDEX relationships_by_source ON torque.relationships USING btree (source_type_id);

-- Name: relationships_by_target; Type: INDEX; Schema: torque; Owner: prefix_owner

CREATE INDEX relationships_by_target ON torque.relationships USING btree (target_type_id);

-- Name: api_keys api_keys_touch_the_directory; Type: TRIGGER; Schema: torque; Owner: prefix_owner

CREATE TRIGGER api_keys_touch_the_directory AFTER INSERT OR DELETE OR UPDATE OF revoked_at, expires_at, permission, application_id, hash ON torque.api_keys FOR EACH STATEMENT EXECUTE FUNCTION torque.touch_directory();

-- Name: applications applications_touch_the_directory; Type: TRIGGER; Schema: torque; Owner: prefix_owner

CREATE TRIGGER applications_touch_the_directory AFTER INSERT OR DELETE OR UPDATE ON torque.applications FOR EACH STATEMENT EXECUTE FUNCTION torque.touch_directory();

-- Name: callers callers_touch_the_directory; Type: TRIGGER; Schema: torque; Owner: prefix_owner

CREATE TRIGGER callers_touch_the_directory AFTER INSERT OR DELETE OR UPDATE ON torque.callers FOR EACH STATEMENT EXECUTE FUNCTION torque.touch_directory();

-- Name: entities entities_are_only_gathered; Type: TRIGGER; Schema: torque; Owner: prefix_owner

CREATE TRIGGER entities_are_only_gathered BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON torque.entities FOR EACH STATEMENT EXECUTE FUNCTION torque.refuse_gathered_write();

-- Name: entity_types entity_types_touch_the_directory; Type: TRIGGER; Schema: torque; Owner: prefix_owner

CREATE TRIGGER entity_types_touch_the_directory AFTER INSERT OR DELETE OR UPDATE ON torque.entity_types FOR EACH STATEMENT EXECUTE FUNCTION torque.touch_directory();

-- Name: leaf_indexes leaf_indexes_touch_the_directory; Type: TRIGGER; Schema: torque; Owner: prefix_owner

CREATE TRIGGER leaf_indexes_touch_the_directory AFTER INSERT OR DELETE OR UPDATE ON torque.leaf_indexes FOR EACH STATEMENT EXECUTE FUNCTION torque.touch_directory();

-- Name: model_versions model_versions_touch_the_directory; Type: TRIGGER; Schema: torque; Owner: prefix_owner

CREATE TRIGGER model_versions_touch_the_directory AFTER INSERT OR DELETE OR UPDATE ON torque.model_versions FOR EACH STATEMENT EXECUTE FUNCTION torque.touch_directory();

-- Name: models models_touch_the_directory; Type: TRIGGER; Schema: torque; Owner: prefix_owner

CREATE TRIGGER models_touch_the_directory AFTER INSERT OR DELETE OR UPDATE ON torque.models FOR EACH STATEMENT EXECUTE FUNCTION torque.touch_directory();

-- Name: relationships relationships_touch_the_directory; Type: TRIGGER; Schema: torque; Owner: prefix_owner

CREATE TRIGGER relationships_touch_the_directory AFTER INSERT OR DELETE OR UPDATE ON torque.relationships FOR EACH STATEMENT EXECUTE FUNCTION torque.touch_directory();

-- Name: sign_in_sessions sign_in_sessions_touch_the_directory; Type: TRIGGER; Schema: torque; Owner: prefix_owner

CREATE TRIGGER sign_in_sessions_touch_the_directory AFTER INSERT OR DELETE OR UPDATE OF revoked_at, expires_at, permission, application_id ON torque.sign_in_sessions FOR EACH STATEMENT EXECUTE FUNCTION torque.touch_directory();

-- Name: system_config system_config_touches_the_directory; Type: TRIGGER; Schema: torque; Owner: prefix_owner

CREATE TRIGGER system_config_touches_the_directory AFTER INSERT OR DELETE OR UPDATE ON torque.system_config FOR EACH STATEMENT EXECUTE FUNCTION torque.touch_directory();

-- Name: api_keys api_keys_open_an_application; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.api_keys
    ADD CONSTRAINT api_keys_open_an_application FOREIGN KEY (application_id) REFERENCES torque.applications(id) ON DELETE CASCADE;

-- Name: api_keys api_keys_speak_for_a_caller; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.api_keys
    ADD CONSTRAINT api_keys_speak_for_a_caller FOREIGN KEY (caller_id) REFERENCES torque.callers(id) ON DELETE CASCADE;

-- Name: applications applications_run_a_model; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.applications
    ADD CONSTRAINT applications_run_a_model FOREIGN KEY (model_id) REFERENCES torque.models(id) ON DELETE RESTRICT;

-- Name: applications applications_run_a_version; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.applications
    ADD CONSTRAINT applications_run_a_version FOREIGN KEY (model_id, model_version) REFERENCES torque.model_versions(model_id, version) ON DELETE RESTRICT;

-- Name: deploy_steps deploy_steps_belong_to_a_deployment; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.deploy_steps
    ADD CONSTRAINT deploy_steps_belong_to_a_deployment FOREIGN KEY (deployment_id) REFERENCES torque.deployments(id) ON DELETE CASCADE;

-- Name: deployments deployments_deploy_a_version; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.deployments
    ADD CONSTRAINT deployments_deploy_a_version FOREIGN KEY (model_id, version) REFERENCES torque.model_versions(model_id, version) ON DELETE RESTRICT;

-- Name: deployments deployments_serve_an_application; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.deployments
    ADD CONSTRAINT deployments_serve_an_application FOREIGN KEY (application_id) REFERENCES torque.applications(id) ON DELETE CASCADE;

-- Name: entity_types entity_types_belong_to_an_application; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.entity_types
    ADD CONSTRAINT entity_types_belong_to_an_application FOREIGN KEY (application_id) REFERENCES torque.applications(id) ON DELETE CASCADE;

-- Name: leaf_indexes leaf_indexes_serve_an_entity_type; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.leaf_indexes
    ADD CONSTRAINT leaf_indexes_serve_an_entity_type FOREIGN KEY (entity_type_id) REFERENCES torque.entity_types(id) ON DELETE CASCADE;

-- Name: model_versions model_versions_belong_to_a_model; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.model_versions
    ADD CONSTRAINT model_versions_belong_to_a_model FOREIGN KEY (model_id) REFERENCES torque.models(id) ON DELETE CASCADE;

-- Name: preferences preferences_belong_to_a_caller; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.preferences
    ADD CONSTRAINT preferences_belong_to_a_caller FOREIGN KEY (caller_id) REFERENCES torque.callers(id) ON DELETE CASCADE;

-- Name: preferences preferences_concern_an_application; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.preferences
    ADD CONSTRAINT preferences_concern_an_application FOREIGN KEY (application_id) REFERENCES torque.applications(id) ON DELETE CASCADE;

-- Name: relationships relationships_belong_to_an_application; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.relationships
    ADD CONSTRAINT relationships_belong_to_an_application FOREIGN KEY (application_id) REFERENCES torque.applications(id) ON DELETE CASCADE;

-- Name: relationships relationships_have_a_source; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.relationships
    ADD CONSTRAINT relationships_have_a_source FOREIGN KEY (source_type_id) REFERENCES torque.entity_types(id) ON DELETE CASCADE;

-- Name: relationships relationships_have_a_target; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.relationships
    ADD CONSTRAINT relationships_have_a_target FOREIGN KEY (target_type_id) REFERENCES torque.entity_types(id) ON DELETE CASCADE;

-- Name: secrets secrets_belong_to_an_application; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.secrets
    ADD CONSTRAINT secrets_belong_to_an_application FOREIGN KEY (application_id) REFERENCES torque.applications(id) ON DELETE CASCADE;

-- Name: sign_in_links sign_in_links_open_an_application; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.sign_in_links
    ADD CONSTRAINT sign_in_links_open_an_application FOREIGN KEY (application_id) REFERENCES torque.applications(id) ON DELETE CASCADE;

-- Name: sign_in_links sign_in_links_speak_for_a_caller; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.sign_in_links
    ADD CONSTRAINT sign_in_links_speak_for_a_caller FOREIGN KEY (caller_id) REFERENCES torque.callers(id) ON DELETE CASCADE;

-- Name: sign_in_sessions sign_in_sessions_open_an_application; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.sign_in_sessions
    ADD CONSTRAINT sign_in_sessions_open_an_application FOREIGN KEY (application_id) REFERENCES torque.applications(id) ON DELETE CASCADE;

-- Name: sign_in_sessions sign_in_sessions_speak_for_a_caller; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.sign_in_sessions
    ADD CONSTRAINT sign_in_sessions_speak_for_a_caller FOREIGN KEY (caller_id) REFERENCES torque.callers(id) ON DELETE CASCADE;

-- Name: xflows xflows_belong_to_an_application; Type: FK CONSTRAINT; Schema: torque; Owner: prefix_owner

ALTER TABLE ONLY torque.xflows
    ADD CONSTRAINT xflows_belong_to_an_application FOREIGN KEY (application_id) REFERENCES torque.applications(id) ON DELETE CASCADE;

-- Name: SCHEMA torque; Type: ACL; Schema: -; Owner: prefix_owner

GRANT USAGE ON SCHEMA torque TO prefix_server;
GRANT USAGE ON SCHEMA torque TO prefix_views;
GRANT USAGE ON SCHEMA torque TO prefix_read;

-- Name: FUNCTION add_step(deployment_id uuid, phase text, title text, statement text, in_transaction boolean, makes text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.add_step(deployment_id uuid, phase text, title text, statement text, in_transaction boolean, makes text) FROM PUBLIC;

-- Name: FUNCTION apply_application_logic(application_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.apply_application_logic(application_id uuid) FROM PUBLIC;

-- Name: FUNCTION apply_grants(application_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.apply_grants(application_id uuid) FROM PUBLIC;

-- Name: FUNCTION build_object(pairs text[]); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.build_object(pairs text[]) FROM PUBLIC;

-- Name: FUNCTION caller(); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.caller() FROM PUBLIC;
GRANT ALL ON FUNCTION torque.caller() TO prefix_server;
GRANT ALL ON FUNCTION torque.caller() TO prefix_views;

-- Name: FUNCTION caller_of(entity_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.caller_of(entity_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.caller_of(entity_id uuid) TO prefix_server;
GRANT ALL ON FUNCTION torque.caller_of(entity_id uuid) TO prefix_views;

-- Name: FUNCTION canonical_choices(value jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.canonical_choices(value jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.canonical_choices(value jsonb) TO prefix_server;
GRANT ALL ON FUNCTION torque.canonical_choices(value jsonb) TO prefix_views;

-- Name: FUNCTION canonical_datetime(value jsonb, zone text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.canonical_datetime(value jsonb, zone text) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.canonical_datetime(value jsonb, zone text) TO prefix_server;
GRANT ALL ON FUNCTION torque.canonical_datetime(value jsonb, zone text) TO prefix_views;

-- Name: FUNCTION canonical_decimal(value jsonb, scale integer); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.canonical_decimal(value jsonb, scale integer) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.canonical_decimal(value jsonb, scale integer) TO prefix_server;
GRANT ALL ON FUNCTION torque.canonical_decimal(value jsonb, scale integer) TO prefix_views;

-- Name: FUNCTION canonical_integer(value jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.canonical_integer(value jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.canonical_integer(value jsonb) TO prefix_server;
GRANT ALL ON FUNCTION torque.canonical_integer(value jsonb) TO prefix_views;

-- Name: FUNCTION canonical_value(property jsonb, zone text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.canonical_value(property jsonb, zone text) FROM PUBLIC;

-- Name: FUNCTION check_index(type_id integer, index_name text, kind text, property_keys text[], statement text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.check_index(type_id integer, index_name text, kind text, property_keys text[], statement text) FROM PUBLIC;

-- Name: FUNCTION check_pattern(pattern text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.check_pattern(pattern text) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.check_pattern(pattern text) TO prefix_server;

-- Name: FUNCTION check_view(deployment_id uuid, key text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.check_view(deployment_id uuid, key text) FROM PUBLIC;

-- Name: FUNCTION coming_entity(deployment_id uuid, key text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.coming_entity(deployment_id uuid, key text) FROM PUBLIC;

-- Name: FUNCTION coming_model(application_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.coming_model(application_id uuid) FROM PUBLIC;

-- Name: FUNCTION context(); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.context() FROM PUBLIC;
GRANT ALL ON FUNCTION torque.context() TO prefix_server;
GRANT ALL ON FUNCTION torque.context() TO prefix_views;

-- Name: PROCEDURE convert_values(IN deployment_id uuid, IN key text, IN property_key text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON PROCEDURE torque.convert_values(IN deployment_id uuid, IN key text, IN property_key text) FROM PUBLIC;

-- Name: FUNCTION create_application(slug text, name text, model_id uuid, config jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.create_application(slug text, name text, model_id uuid, config jsonb) FROM PUBLIC;

-- Name: FUNCTION current_epoch(); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.current_epoch() FROM PUBLIC;
GRANT ALL ON FUNCTION torque.current_epoch() TO prefix_server;

-- Name: FUNCTION data_schema(application_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.data_schema(application_id uuid) FROM PUBLIC;

-- Name: FUNCTION data_value(property jsonb, value text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.data_value(property jsonb, value text) FROM PUBLIC;

-- Name: FUNCTION date_pattern(); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.date_pattern() FROM PUBLIC;
GRANT ALL ON FUNCTION torque.date_pattern() TO prefix_server;
GRANT ALL ON FUNCTION torque.date_pattern() TO prefix_views;

-- Name: FUNCTION datetime_text(at timestamp with time zone); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.datetime_text(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.datetime_text(at timestamp with time zone) TO prefix_server;
GRANT ALL ON FUNCTION torque.datetime_text(at timestamp with time zone) TO prefix_views;

-- Name: FUNCTION default_problems(former jsonb, coming jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.default_problems(former jsonb, coming jsonb) FROM PUBLIC;

-- Name: FUNCTION default_values(properties jsonb, zone text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.default_values(properties jsonb, zone text) FROM PUBLIC;

-- Name: FUNCTION deploy_xflows(application_id uuid, model_id uuid, version integer); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.deploy_xflows(application_id uuid, model_id uuid, version integer) FROM PUBLIC;

-- Name: TABLE entity_types; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.entity_types TO prefix_views;
GRANT SELECT ON TABLE torque.entity_types TO prefix_server;

-- Name: FUNCTION deployed_type(deployment_id uuid, key text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.deployed_type(deployment_id uuid, key text) FROM PUBLIC;

-- Name: FUNCTION describe_only(properties jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.describe_only(properties jsonb) FROM PUBLIC;

-- Name: FUNCTION describe_properties(application_id uuid, properties jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.describe_properties(application_id uuid, properties jsonb) FROM PUBLIC;

-- Name: FUNCTION describe_property(property jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.describe_property(property jsonb) FROM PUBLIC;

-- Name: FUNCTION drop_application(id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.drop_application(id uuid) FROM PUBLIC;

-- Name: FUNCTION drop_broken_index(schema text, index_name text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.drop_broken_index(schema text, index_name text) FROM PUBLIC;

-- Name: FUNCTION drop_leaf(type_id integer); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.drop_leaf(type_id integer) FROM PUBLIC;

-- Name: FUNCTION drop_leaf_index(index_name text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.drop_leaf_index(index_name text) FROM PUBLIC;

-- Name: FUNCTION drop_old_partitions(parent regclass, before timestamp with time zone, by_id boolean); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.drop_old_partitions(parent regclass, before timestamp with time zone, by_id boolean) FROM PUBLIC;

-- Name: FUNCTION email_pattern(); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.email_pattern() FROM PUBLIC;
GRANT ALL ON FUNCTION torque.email_pattern() TO prefix_server;
GRANT ALL ON FUNCTION torque.email_pattern() TO prefix_views;

-- Name: FUNCTION entity_key(application_id uuid, name text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.entity_key(application_id uuid, name text) FROM PUBLIC;

-- Name: PROCEDURE fill_default(IN deployment_id uuid, IN key text, IN property_key text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON PROCEDURE torque.fill_default(IN deployment_id uuid, IN key text, IN property_key text) FROM PUBLIC;

-- Name: FUNCTION finish_deploy(deployment_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.finish_deploy(deployment_id uuid) FROM PUBLIC;

-- Name: FUNCTION flip_entity_type(deployment_id uuid, key text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.flip_entity_type(deployment_id uuid, key text) FROM PUBLIC;

-- Name: FUNCTION flip_relationships(deployment_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.flip_relationships(deployment_id uuid) FROM PUBLIC;

-- Name: FUNCTION flip_type(type_id integer, entity jsonb, version integer); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.flip_type(type_id integer, entity jsonb, version integer) FROM PUBLIC;

-- Name: FUNCTION generate_entity_type(type_id integer); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.generate_entity_type(type_id integer) FROM PUBLIC;

-- Name: FUNCTION generator_version(); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.generator_version() FROM PUBLIC;

-- Name: FUNCTION good_value(property jsonb, data text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.good_value(property jsonb, data text) FROM PUBLIC;

-- Name: FUNCTION guard_entity_type(deployment_id uuid, key text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.guard_entity_type(deployment_id uuid, key text) FROM PUBLIC;

-- Name: FUNCTION guard_properties(former jsonb, coming jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.guard_properties(former jsonb, coming jsonb) FROM PUBLIC;

-- Name: FUNCTION has_step(deployment_id uuid, maker text, key text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.has_step(deployment_id uuid, maker text, key text) FROM PUBLIC;

-- Name: FUNCTION is_retyped(former jsonb, coming jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.is_retyped(former jsonb, coming jsonb) FROM PUBLIC;

-- Name: FUNCTION json_problem(value jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.json_problem(value jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.json_problem(value jsonb) TO prefix_server;
GRANT ALL ON FUNCTION torque.json_problem(value jsonb) TO prefix_views;

-- Name: FUNCTION leaf_index_plan(type_id integer, properties jsonb, definition jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.leaf_index_plan(type_id integer, properties jsonb, definition jsonb) FROM PUBLIC;

-- Name: FUNCTION least_uuidv7(at timestamp with time zone); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.least_uuidv7(at timestamp with time zone) FROM PUBLIC;

-- Name: FUNCTION list_errors(properties jsonb, data jsonb, tolerated jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.list_errors(properties jsonb, data jsonb, tolerated jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.list_errors(properties jsonb, data jsonb, tolerated jsonb) TO prefix_server;
GRANT ALL ON FUNCTION torque.list_errors(properties jsonb, data jsonb, tolerated jsonb) TO prefix_views;

-- Name: FUNCTION list_relationships(of_application uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.list_relationships(of_application uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.list_relationships(of_application uuid) TO prefix_server;

-- Name: FUNCTION lock_number(purpose text, application_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.lock_number(purpose text, application_id uuid) FROM PUBLIC;

-- Name: FUNCTION maintain_partitions(at timestamp with time zone); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.maintain_partitions(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.maintain_partitions(at timestamp with time zone) TO prefix_server;

-- Name: FUNCTION make_execution_tables(application_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.make_execution_tables(application_id uuid) FROM PUBLIC;

-- Name: FUNCTION make_feed_tables(application_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.make_feed_tables(application_id uuid) FROM PUBLIC;

-- Name: FUNCTION make_indexes(deployment_id uuid, key text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.make_indexes(deployment_id uuid, key text) FROM PUBLIC;

-- Name: FUNCTION make_leaf(application_id uuid, key text, name text, label text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.make_leaf(application_id uuid, key text, name text, label text) FROM PUBLIC;

-- Name: FUNCTION make_link_table(application_id uuid, relationship jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.make_link_table(application_id uuid, relationship jsonb) FROM PUBLIC;

-- Name: FUNCTION make_partitions(application_id uuid, at timestamp with time zone); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.make_partitions(application_id uuid, at timestamp with time zone) FROM PUBLIC;

-- Name: FUNCTION make_table_partitions(parent regclass, period text, by_id boolean, at timestamp with time zone); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.make_table_partitions(parent regclass, period text, by_id boolean, at timestamp with time zone) FROM PUBLIC;

-- Name: FUNCTION model_key(model jsonb, name text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.model_key(model jsonb, name text) FROM PUBLIC;

-- Name: FUNCTION new_column(name text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.new_column(name text) FROM PUBLIC;

-- Name: FUNCTION object_name(prefix text, key text, suffix text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.object_name(prefix text, key text, suffix text) FROM PUBLIC;

-- Name: FUNCTION pattern(pattern text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.pattern(pattern text) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.pattern(pattern text) TO prefix_server;
GRANT ALL ON FUNCTION torque.pattern(pattern text) TO prefix_views;

-- Name: FUNCTION period_start(period text, at timestamp with time zone, ahead integer); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.period_start(period text, at timestamp with time zone, ahead integer) FROM PUBLIC;

-- Name: FUNCTION plan_afterwards(deployment_id uuid, type torque.entity_types, entity jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.plan_afterwards(deployment_id uuid, type torque.entity_types, entity jsonb) FROM PUBLIC;

-- Name: FUNCTION plan_changes(deployment_id uuid, type torque.entity_types, entity jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.plan_changes(deployment_id uuid, type torque.entity_types, entity jsonb) FROM PUBLIC;

-- Name: FUNCTION plan_deploy(application_id uuid, version integer); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.plan_deploy(application_id uuid, version integer) FROM PUBLIC;

-- Name: FUNCTION plan_index(deployment_id uuid, type torque.entity_types, index_name text, kind text, property_keys text[], is_unique boolean, target text, phase text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.plan_index(deployment_id uuid, type torque.entity_types, index_name text, kind text, property_keys text[], is_unique boolean, target text, phase text) FROM PUBLIC;

-- Name: FUNCTION plan_new_leaf(deployment_id uuid, application_id uuid, entity jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.plan_new_leaf(deployment_id uuid, application_id uuid, entity jsonb) FROM PUBLIC;

-- Name: FUNCTION problem(problems jsonb, property jsonb, code text, message text, facts jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.problem(problems jsonb, property jsonb, code text, message text, facts jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.problem(problems jsonb, property jsonb, code text, message text, facts jsonb) TO prefix_server;
GRANT ALL ON FUNCTION torque.problem(problems jsonb, property jsonb, code text, message text, facts jsonb) TO prefix_views;

-- Name: FUNCTION range_problems(problems jsonb, property jsonb, label text, number numeric); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.range_problems(problems jsonb, property jsonb, label text, number numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.range_problems(problems jsonb, property jsonb, label text, number numeric) TO prefix_server;
GRANT ALL ON FUNCTION torque.range_problems(problems jsonb, property jsonb, label text, number numeric) TO prefix_views;

-- Name: FUNCTION record_index(type_id integer, index_name text, kind text, property_keys text[]); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.record_index(type_id integer, index_name text, kind text, property_keys text[]) FROM PUBLIC;

-- Name: FUNCTION reference_checks(properties jsonb, own_leaf text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.reference_checks(properties jsonb, own_leaf text) FROM PUBLIC;

-- Name: FUNCTION refuse(code text, message text, detail jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.refuse(code text, message text, detail jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.refuse(code text, message text, detail jsonb) TO prefix_server;
GRANT ALL ON FUNCTION torque.refuse(code text, message text, detail jsonb) TO prefix_views;

-- Name: FUNCTION refuse_dependents(view text, reason text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.refuse_dependents(view text, reason text) FROM PUBLIC;

-- Name: FUNCTION refuse_ends(label text, has_source boolean, has_target boolean); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.refuse_ends(label text, has_source boolean, has_target boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.refuse_ends(label text, has_source boolean, has_target boolean) TO prefix_server;
GRANT ALL ON FUNCTION torque.refuse_ends(label text, has_source boolean, has_target boolean) TO prefix_views;

-- Name: FUNCTION refuse_gathered_write(); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.refuse_gathered_write() FROM PUBLIC;

-- Name: FUNCTION refuse_old_snapshot(); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.refuse_old_snapshot() FROM PUBLIC;
GRANT ALL ON FUNCTION torque.refuse_old_snapshot() TO prefix_server;
GRANT ALL ON FUNCTION torque.refuse_old_snapshot() TO prefix_views;

-- Name: FUNCTION refuse_system_columns(version boolean, created_at boolean, updated_at boolean, id boolean); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.refuse_system_columns(version boolean, created_at boolean, updated_at boolean, id boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.refuse_system_columns(version boolean, created_at boolean, updated_at boolean, id boolean) TO prefix_server;
GRANT ALL ON FUNCTION torque.refuse_system_columns(version boolean, created_at boolean, updated_at boolean, id boolean) TO prefix_views;

-- Name: FUNCTION refuse_values(label text, errors jsonb, entity_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.refuse_values(label text, errors jsonb, entity_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.refuse_values(label text, errors jsonb, entity_id uuid) TO prefix_server;
GRANT ALL ON FUNCTION torque.refuse_values(label text, errors jsonb, entity_id uuid) TO prefix_views;

-- Name: FUNCTION register_relationships(application_id uuid, model jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.register_relationships(application_id uuid, model jsonb) FROM PUBLIC;

-- Name: FUNCTION retire_entity_type(type_id integer); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.retire_entity_type(type_id integer) FROM PUBLIC;

-- Name: FUNCTION retyped(value jsonb, property jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.retyped(value jsonb, property jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.retyped(value jsonb, property jsonb) TO prefix_server;
GRANT ALL ON FUNCTION torque.retyped(value jsonb, property jsonb) TO prefix_views;

-- Name: FUNCTION retyped_keys(former jsonb, coming jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.retyped_keys(former jsonb, coming jsonb) FROM PUBLIC;

-- Name: FUNCTION role(kind text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.role(kind text) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.role(kind text) TO prefix_server;
GRANT ALL ON FUNCTION torque.role(kind text) TO prefix_views;

-- Name: FUNCTION rules(property jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.rules(property jsonb) FROM PUBLIC;

-- Name: FUNCTION scan_duplicates(type_id integer, property_key text, expression text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.scan_duplicates(type_id integer, property_key text, expression text) FROM PUBLIC;

-- Name: FUNCTION scan_entity_type(deployment_id uuid, key text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.scan_entity_type(deployment_id uuid, key text) FROM PUBLIC;

-- Name: FUNCTION setting(key text, fallback text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.setting(key text, fallback text) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.setting(key text, fallback text) TO prefix_server;

-- Name: FUNCTION settle_entity_type(deployment_id uuid, key text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.settle_entity_type(deployment_id uuid, key text) FROM PUBLIC;

-- Name: FUNCTION sql_type(property jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.sql_type(property jsonb) FROM PUBLIC;

-- Name: FUNCTION touch_directory(); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.touch_directory() FROM PUBLIC;

-- Name: FUNCTION undo_deploy(deployment_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.undo_deploy(deployment_id uuid) FROM PUBLIC;

-- Name: FUNCTION url_pattern(); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.url_pattern() FROM PUBLIC;
GRANT ALL ON FUNCTION torque.url_pattern() TO prefix_server;
GRANT ALL ON FUNCTION torque.url_pattern() TO prefix_views;

-- Name: FUNCTION uuid_pattern(); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.uuid_pattern() FROM PUBLIC;
GRANT ALL ON FUNCTION torque.uuid_pattern() TO prefix_server;
GRANT ALL ON FUNCTION torque.uuid_pattern() TO prefix_views;

-- Name: FUNCTION value_problems(property jsonb, value jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.value_problems(property jsonb, value jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.value_problems(property jsonb, value jsonb) TO prefix_server;
GRANT ALL ON FUNCTION torque.value_problems(property jsonb, value jsonb) TO prefix_views;

-- Name: FUNCTION view_value(property jsonb, data text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.view_value(property jsonb, data text) FROM PUBLIC;

-- Name: FUNCTION without_nulls(data jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.without_nulls(data jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION torque.without_nulls(data jsonb) TO prefix_server;
GRANT ALL ON FUNCTION torque.without_nulls(data jsonb) TO prefix_views;

-- Name: FUNCTION write_delete_rules(type_id integer); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.write_delete_rules(type_id integer) FROM PUBLIC;

-- Name: FUNCTION write_feed_functions(application_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.write_feed_functions(application_id uuid) FROM PUBLIC;

-- Name: FUNCTION write_leaf_triggers(leaf text, schema text, check_function text, delete_function text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.write_leaf_triggers(leaf text, schema text, check_function text, delete_function text) FROM PUBLIC;

-- Name: FUNCTION write_link_validator(application_id uuid, key text, label text, source_leaf text, target_leaf text, properties jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.write_link_validator(application_id uuid, key text, label text, source_leaf text, target_leaf text, properties jsonb) FROM PUBLIC;

-- Name: FUNCTION write_link_view(application_id uuid, key text, name text, link_table text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.write_link_view(application_id uuid, key text, name text, link_table text) FROM PUBLIC;

-- Name: FUNCTION write_match_functions(application_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.write_match_functions(application_id uuid) FROM PUBLIC;

-- Name: FUNCTION write_record_functions(application_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.write_record_functions(application_id uuid) FROM PUBLIC;

-- Name: FUNCTION write_upsert(type_id integer, properties jsonb, former_name text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.write_upsert(type_id integer, properties jsonb, former_name text) FROM PUBLIC;

-- Name: FUNCTION write_validator(type_id integer, properties jsonb, zone text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.write_validator(type_id integer, properties jsonb, zone text) FROM PUBLIC;

-- Name: FUNCTION write_view(type_id integer, properties jsonb, former_properties jsonb, former_name text); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.write_view(type_id integer, properties jsonb, former_properties jsonb, former_name text) FROM PUBLIC;

-- Name: FUNCTION write_view_function(type_id integer, properties jsonb); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.write_view_function(type_id integer, properties jsonb) FROM PUBLIC;

-- Name: FUNCTION zone(application_id uuid); Type: ACL; Schema: torque; Owner: prefix_owner

REVOKE ALL ON FUNCTION torque.zone(application_id uuid) FROM PUBLIC;

-- Name: TABLE api_keys; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT,INSERT,UPDATE ON TABLE torque.api_keys TO prefix_server;

-- Name: TABLE applications; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT,UPDATE ON TABLE torque.applications TO prefix_server;

-- Name: TABLE audited_calls; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT,INSERT ON TABLE torque.audited_calls TO prefix_server;

-- Name: TABLE changes; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.changes TO prefix_server;

-- Name: TABLE audit_log; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.audit_log TO prefix_server;

-- Name: TABLE callers; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT,INSERT,UPDATE ON TABLE torque.callers TO prefix_server;

-- Name: TABLE deploy_steps; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.deploy_steps TO prefix_server;

-- Name: TABLE deployments; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.deployments TO prefix_server;

-- Name: TABLE directory; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.directory TO prefix_server;

-- Name: TABLE entity_relationships; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.entity_relationships TO prefix_server;

-- Name: TABLE installation; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.installation TO prefix_server;

-- Name: TABLE kept_values; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE torque.kept_values TO prefix_server;

-- Name: TABLE leaf_indexes; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.leaf_indexes TO prefix_server;

-- Name: TABLE model_versions; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT,INSERT ON TABLE torque.model_versions TO prefix_server;

-- Name: TABLE models; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT,INSERT,UPDATE ON TABLE torque.models TO prefix_server;

-- Name: TABLE performance_metrics; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT,INSERT ON TABLE torque.performance_metrics TO prefix_server;

-- Name: TABLE preferences; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE torque.preferences TO prefix_server;

-- Name: TABLE relationships; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.relationships TO prefix_views;
GRANT SELECT ON TABLE torque.relationships TO prefix_server;

-- Name: TABLE secrets; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE torque.secrets TO prefix_server;

-- Name: TABLE sign_in_links; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE torque.sign_in_links TO prefix_server;

-- Name: TABLE sign_in_sessions; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE torque.sign_in_sessions TO prefix_server;

-- Name: TABLE system_config; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT,INSERT,UPDATE ON TABLE torque.system_config TO prefix_server;

-- Name: TABLE trigger_firings; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.trigger_firings TO prefix_server;

-- Name: TABLE webhook_deliveries; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.webhook_deliveries TO prefix_server;

-- Name: TABLE xflow_execution_history; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.xflow_execution_history TO prefix_server;

-- Name: TABLE xflow_executions; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.xflow_executions TO prefix_server;

-- Name: TABLE xflow_node_executions; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.xflow_node_executions TO prefix_server;

-- Name: TABLE xflow_signals; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.xflow_signals TO prefix_server;

-- Name: TABLE xflow_triggers; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.xflow_triggers TO prefix_server;

-- Name: TABLE xflows; Type: ACL; Schema: torque; Owner: prefix_owner

GRANT SELECT ON TABLE torque.xflows TO prefix_server;

-- PostgreSQL database dump complete

