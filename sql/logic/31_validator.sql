-- The generator of validators: the database trigger each write meets first.
--
-- For each entity type a plpgsql function is generated: it sets what no caller
-- may set, fills defaults, brings values into their canonical form, and decides
-- the good case with one boolean expression. Only when that is false (or a
-- reference is missing) the interpreter (41_entity_errors.sql) lists every error.
-- The two must agree; tests/sql/validator_agrees.sql holds them to it.

-- The boolean expression of one property's good case, over new.data or what a scan calls it.
create or replace function torque.good_value(property jsonb, data text default 'new.data')
  returns text
language plpgsql immutable
as $$
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
$$;

comment on function torque.good_value(jsonb,
  text) is 'SQL that is true when data holds a good value of the property, or none where none is needed.';

-- Statements that bring one property into its canonical form.
create or replace function torque.canonical_value(property jsonb, zone text) returns text
language plpgsql immutable
as $$
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
$$;

-- Statements that fill what a create leaves out.
create or replace function torque.default_values(properties jsonb, zone text) returns text
language plpgsql immutable
as $$
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
$$;

-- Statements that look each reference up and keep its target until commit. Only changed ones: an
-- update of another property must not wait for a target that is being deleted.
create or replace function torque.reference_checks(properties jsonb, own_leaf text) returns text
language sql immutable
as $$
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
$$;

-- Checks that look at other rows would look at an old snapshot of them under stricter isolation,
-- and pass wrongly.
create or replace function torque.refuse_old_snapshot() returns void
language plpgsql
as $$
begin
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    perform torque.refuse('TQ409',
      'entities with relationships are written under READ COMMITTED only: '
      'their checks would read an old snapshot', jsonb_build_object('code', 'isolation'));
  end if;
end
$$;

-- Makes or replaces the validator of an entity type. During a deploy's guard, `properties` carry
-- both versions' rules.
create or replace function torque.write_validator(type_id integer, properties jsonb, zone text)
  returns void
language plpgsql
as $$
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
$$;

comment on function torque.write_validator(integer, jsonb,
  text) is 'Generates the validator of an entity type.';
