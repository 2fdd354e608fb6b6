-- The steps of a deploy: guard, fill, scan, flip, convert, finish, undo.
--
-- Each is one statement of a plan (35_deploy.sql) and may run twice.

-- The entity of a deployment's version, by its storage key.
create or replace function torque.coming_entity(deployment_id uuid, key text) returns jsonb
language sql stable
as $$
  select entity
  from torque.deployments d
  join torque.model_versions v on v.model_id = d.model_id and v.version = d.version,
  jsonb_array_elements(v.model_json -> 'entities') as entity
  where d.id = coming_entity.deployment_id and coalesce(entity ->> 'key',
    entity ->> 'id') = coming_entity.key
$$;

create or replace function torque.deployed_type(deployment_id uuid, key text)
  returns torque.entity_types
language sql stable
as $$
  select t
  from torque.entity_types t
  join torque.deployments d on d.application_id = t.application_id
  where d.id = deployed_type.deployment_id and t.key = deployed_type.key
$$;

create or replace function torque.zone(application_id uuid) returns text
language sql stable
as $$ select coalesce(torque.coming_model(zone.application_id) ->> 'time_zone', 'UTC') $$;

-- Rules of two versions at once: what is stored must satisfy the live one, what is written the
-- coming one too.
create or replace function torque.guard_properties(former jsonb, coming jsonb) returns jsonb
language sql stable
as $$
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

create or replace function torque.default_problems(former jsonb, coming jsonb) returns jsonb
language sql stable
as $$
  select case
    when jsonb_typeof(coming -> 'default_value') = 'object' and coming ->> 'type' <> 'Json'
      then '[]'
    else torque.value_problems(former, coming -> 'default_value')
  end
$$;

create or replace function torque.guard_entity_type(deployment_id uuid, key text) returns void
language plpgsql
as $$
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

comment on function torque.guard_entity_type(uuid,
  text) is 'From here on writes satisfy the live rules and the coming ones.';

-- A stored value in the form of another type; null when it has none there.
create or replace function torque.retyped(value jsonb, property jsonb) returns jsonb
language plpgsql stable
as $$
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
$$;

comment on function torque.retyped(jsonb,
  jsonb) is 'A value as another type stores it, or null when it cannot be.';

-- Fills a required property that has a default, in batches with a transaction each.
create or replace procedure torque.fill_default(deployment_id uuid, key text, property_key text)
language plpgsql
as $$
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
$$;

comment on procedure torque.fill_default(uuid, text,
  text) is 'Gives stored entities the default of a property that becomes required.';

-- Rows that break the coming rules stop the deploy: which rule, how many rows, the first of them,
-- and how to list all.
create or replace function torque.scan_entity_type(deployment_id uuid, key text) returns void
language plpgsql
as $$
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
$$;

comment on function torque.scan_entity_type(uuid,
  text) is 'Refuses the deploy when stored entities break the coming rules.';

create or replace function torque.scan_duplicates(type_id integer, property_key text,
  expression text) returns void
language plpgsql
as $$
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
$$;

-- A view whose column changes its type has to be made anew, which its dependents forbid: said
-- before anything is flipped.
create or replace function torque.check_view(deployment_id uuid, key text) returns void
language plpgsql
as $$
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
