-- Entity types: how the model document becomes tables, functions and views.
--
-- The generator reads torque.model_versions.model_json as the model's Rust
-- types write it at publish. Of the document it needs:
--
--   time_zone       text, default UTC: the zone of `today` and of instants given without an offset
--   entities[]      id (outside name), key (storage key), name (label), description,
--                   display_property, free_filters, properties[]
--     properties[]  id, key, name, label, required, unique, indexed, searchable, sensitive,
-- default_value (a constant of the stored form, or {"function": "now" | "caller"}),
--                   messages {code: text},
--                   property_type {type, max_length, min_length, pattern, format, min, max, scale,
-- values [text or {value, label}], target_entity (an entity's id), on_delete, one_to_one}
--   relationships[] only kind many_to_many is read (to-one is a Reference property, the one truth):
-- id (outside name), key, source_entity, target_entity (entities' ids), inverse_name,
--                   on_delete (cascade, the default, or restrict), properties[] as above
--   xflows[]        id, name, description, version, enabled, priority, max_execution_time_ms,
--                   input_schema, output_schema, error_schema; the whole object is kept as dag_json
--   entities[].lifecycle_hooks[]  event (or hook_type), xflow_id, condition, changed
--
-- A `key` that is absent is the `id`, else the `name`. Types of properties:
-- String, Text, Integer, Decimal, Boolean, Enum, MultiEnum, Date, DateTime,
-- Uuid, Json, Reference.
--
-- What a deploy makes of each entity type, all in the application's data schema:
--   entity_<key>     the leaf (32_leaf.sql), attached to torque.entities, with its indexes
--   check_<key>()    the validator (31_validator.sql), before each insert and update
--   delete_<key>()   on-delete rules (34_relationship.sql), after each delete
--   and in the people's schema the view <name> (33_view.sql).
-- Everything dynamic is quoted by format with %I and %L; a body is itself a %L.

-- Grows when generated functions or views change; older ones are made again after an installation.
create or replace function torque.generator_version() returns integer
language sql immutable parallel safe
as $$ select 3 $$;

create or replace function torque.object_name(prefix text, key text, suffix text default '')
  returns text
language sql immutable parallel safe
as $$
  select case
    when octet_length(prefix || key || suffix) <= 63 then prefix || key || suffix
    else prefix || left(md5(key), 12) || suffix
  end
$$;

comment on function torque.object_name(text, text,
  text) is 'A name Postgres does not cut: the key, or a digest of it when too long.';

-- One property as every other part of the database reads it, and as the server's directory shows it.
-- expr is its value in its SQL type, for filters and typed views; an index stands on exactly this text when
-- indexed. sort_expr is for sorting: long texts are indexed by their beginning.
create or replace function torque.describe_property(property jsonb) returns jsonb
language plpgsql immutable
as $$
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

comment on function torque.describe_property(jsonb) is 'A property of the model document as entity_types.properties records it.';

-- The properties of one entity of a model, references resolved to the application's leaves.
create or replace function torque.describe_properties(application_id uuid, properties jsonb)
  returns jsonb
language plpgsql stable
as $$
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

-- The storage key of an entity known by its outside name: in the deploy under way, else in the live
-- version.
create or replace function torque.entity_key(application_id uuid, name text) returns text
language sql stable
as $$
  select coalesce(entity ->> 'key', entity ->> 'id')
  from jsonb_array_elements(torque.coming_model(entity_key.application_id) -> 'entities') as entity
  where entity ->> 'id' = entity_key.name
$$;

-- The model version that is being deployed, else the live one.
create or replace function torque.coming_model(application_id uuid) returns jsonb
language sql stable
as $$
  select v.model_json
  from torque.applications a
  left join torque.deployments d on d.application_id = a.id and d.state in ('planned', 'running')
  join torque.model_versions v on v.model_id = a.model_id and v.version = coalesce(d.version,
    a.model_version)
  where a.id = coming_model.application_id
$$;

comment on function torque.coming_model(uuid) is 'The model that the generator works from.';
