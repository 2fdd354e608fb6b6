-- Deploying: a published version becomes live, in steps that are planned first.
--
-- plan_deploy compares the live entity types with the version and writes the
-- steps; the server's driver runs each statement in its own short transaction
-- (with a lock_timeout of 50 ms and retries) or outside one, and marks it done.
--
--   prepare  new leaves and link tables, indexes, still unused
--   guard    writes must satisfy the live and the coming rules
-- scan fill required values that have a default; rows that break the coming rules stop the deploy,
-- with their
--            count and ids; unique indexes
-- flip validators, views, relationships, entity_types; last: the application's version and a change
-- in its feed
--
-- Every step may run twice. Nothing live is changed before the flip, except
-- that the guard refuses what the flip would. undo_deploy goes back.

create or replace function torque.add_step(
  deployment_id uuid, phase text, title text, statement text, in_transaction boolean default true,
  makes text default null
) returns void
language plpgsql
as $$
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

create or replace function torque.plan_deploy(application_id uuid, version integer) returns uuid
language plpgsql
as $$
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

comment on function torque.plan_deploy(uuid, integer) is
  'Plans what makes a model version live, or returns the plan that is under way.';

create or replace function torque.plan_new_leaf(deployment_id uuid, application_id uuid,
  entity jsonb) returns void
language plpgsql
as $$
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

-- The rules of a property that stored values must satisfy, to tell whether a version changes any.
create or replace function torque.rules(property jsonb) returns jsonb
language sql immutable
as $$
  select coalesce(jsonb_object_agg(key, value), '{}')
  from jsonb_each(rules.property)
  where key in ('type', 'required', 'max_length', 'min_length', 'pattern', 'format', 'min', 'max',
    'scale', 'values', 'target')
$$;

-- What plan_deploy adds for an entity type that is live: indexes, guard, scan, fill.
create or replace function torque.plan_changes(deployment_id uuid, type torque.entity_types,
  entity jsonb) returns void
language plpgsql
as $$
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

-- What comes after the switch: retyped values are written anew, their indexes built; indexes nobody
-- asks for any more go.
create or replace function torque.plan_afterwards(deployment_id uuid, type torque.entity_types,
  entity jsonb) returns void
language plpgsql
as $$
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

create or replace function torque.plan_index(
  deployment_id uuid, type torque.entity_types, index_name text, kind text, property_keys text[],
    is_unique boolean,
  target text, phase text default 'scan'
) returns void
language plpgsql
as $$
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
$$;

-- Exact decimals take another stored form when their scale changes.
create or replace function torque.is_retyped(former jsonb, coming jsonb) returns boolean
language sql immutable
as $$
  select coalesce(former ->> 'type' <> coming ->> 'type'
    or coalesce(former ->> 'scale', '0') <> coalesce(coming ->> 'scale', '0'), false)
$$;

-- Properties whose stored values take another form.
create or replace function torque.retyped_keys(former jsonb, coming jsonb) returns text[]
language sql stable
as $$
  select coalesce(array_agg(c ->> 'key'), '{}')
  from jsonb_array_elements(retyped_keys.former) as f
  join jsonb_array_elements(torque.describe_only(retyped_keys.coming)) as c on c ->> 'key' = f ->> 'key'
  where torque.is_retyped(f, c)
$$;

create or replace function torque.describe_only(properties jsonb) returns jsonb
language sql immutable
as $$
  select coalesce(jsonb_agg(torque.describe_property(value) order by ordinal), '[]')
  from jsonb_array_elements(describe_only.properties) with ordinality as each(value, ordinal)
$$;

comment on function torque.describe_only(jsonb) is 'Properties as recorded, references not resolved: enough to plan.';
