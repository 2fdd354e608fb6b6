-- The last phase of a deploy: what was prepared becomes what is live.
--
-- One short transaction an object. Function bodies are swapped, views changed
-- in place; no trigger on a leaf is dropped.

-- Makes an entity type what a version says it is.
create or replace function torque.flip_type(type_id integer, entity jsonb, version integer)
  returns void
language plpgsql
as $$
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

create or replace function torque.flip_entity_type(deployment_id uuid, key text) returns void
language plpgsql
as $$
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

-- Functions and view of a live type made again, by a newer generator.
create or replace function torque.generate_entity_type(type_id integer) returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_type torque.entity_types;
begin
  select * into strict v_type from torque.entity_types t where t.id = generate_entity_type.type_id;
  perform torque.flip_type(v_type.id, v_type.definition, v_type.model_version);
end
$$;

-- Values of a retyped property take their new form, in batches with a transaction each.
create or replace procedure torque.convert_values(deployment_id uuid, key text, property_key text)
language plpgsql
as $$
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
$$;

create or replace function torque.settle_entity_type(deployment_id uuid, key text) returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_type torque.entity_types := torque.deployed_type(settle_entity_type.deployment_id,
    settle_entity_type.key);
begin
  perform torque.write_validator(v_type.id, v_type.properties, torque.zone(v_type.application_id));
end
$$;

comment on function torque.settle_entity_type(uuid,
  text) is 'After conversion the validator need not convert any more.';

-- A removed type keeps its leaf and its entities until they are purged; its view goes.
create or replace function torque.retire_entity_type(type_id integer) returns void
language plpgsql
as $$
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

-- Registers the relationships of a version: Reference properties and link tables. Rules that end at
-- a type are written before any validator accepts the references they are for.
create or replace function torque.register_relationships(application_id uuid, model jsonb)
  returns void
language plpgsql
as $$
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

create or replace function torque.model_key(model jsonb, name text) returns text
language sql immutable
as $$
  select coalesce(entity ->> 'key', entity ->> 'id')
  from jsonb_array_elements(model_key.model -> 'entities') as entity
  where entity ->> 'id' = model_key.name
$$;

create or replace function torque.flip_relationships(deployment_id uuid) returns void
language plpgsql
as $$
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

create or replace function torque.finish_deploy(deployment_id uuid) returns void
language plpgsql
as $$
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
$$;

comment on function torque.finish_deploy(uuid) is 'The version is live: the application names it and its feed says so.';
