-- The words for what is wrong with an entity: all of it, not only the first.
--
-- Runs only when a generated validator found that something is wrong. Messages
-- never hold a value: it may be sensitive, or 131 MB long.

-- Postgres reads \d and \w by locale, so patterns are matched under collate "C"; (?s) is said
-- although it is the default, so that a pattern cannot begin with an option or a director of its
-- own.
create or replace function torque.pattern(pattern text) returns text
language sql immutable parallel safe
as $$ select '(?s)' || pattern.pattern $$;

create or replace function torque.check_pattern(pattern text) returns void
language plpgsql immutable
as $$
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

comment on function torque.check_pattern(text) is 'Refuses a pattern that Postgres cannot compile; publishing a model calls it.';

create or replace function torque.problem(
  problems jsonb, property jsonb, code text, message text, facts jsonb default '{}'
) returns jsonb
language sql immutable parallel safe
as $$
  select problem.problems || (problem.facts || jsonb_build_object(
    'field', coalesce(property ->> 'name', ''),
    'code', problem.code,
    'message', coalesce(property #>> array['messages', problem.code], problem.message)))
$$;

comment on function torque.problem(jsonb, jsonb, text, text,
  jsonb) is 'One more problem, worded by the model where it has its own words.';

create or replace function torque.range_problems(problems jsonb, property jsonb, label text,
  number numeric) returns jsonb
language plpgsql immutable
as $$
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

-- The value is of the property's type and within its limits: null; else the problems, each {code,
-- message, …facts}.
create or replace function torque.value_problems(property jsonb, value jsonb) returns jsonb
language plpgsql stable
as $$
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
$$;

comment on function torque.value_problems(jsonb,
  jsonb) is 'Everything that is wrong with one value.';

-- `tolerated` holds members that are not (or no longer) properties but stood in the row before:
-- unchanged, they may stay.
create or replace function torque.list_errors(properties jsonb, data jsonb,
  tolerated jsonb default '{}') returns jsonb
language plpgsql stable
as $$
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

comment on function torque.list_errors(jsonb, jsonb, jsonb) is
  'All errors of an entity''s values, by the properties that entity_types.properties records.';

-- Where the server sent writes of several requests as one statement (`keep` in torque.ctx), what is wrong
-- with one of them must not undo the others: its errors are kept for the statement's end, and the caller, a
-- trigger of the row, leaves the row out. A write that one of them set off, in somebody's own database
-- trigger, raises its refusal: left out in silence, what set it off would stand without it.
create or replace function torque.refuse_values(label text, errors jsonb,
  entity_id uuid default null) returns void
language plpgsql
as $$
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

comment on function torque.refuse_values(text, jsonb,
  uuid) is 'Refuses an entity with the list of its errors.';
