-- Undoing a deploy that did not succeed.
--
-- A deploy that succeeded is not undone: the version before it is deployed.

-- Goes back to what is live, whatever the deploy had reached.
create or replace function torque.undo_deploy(deployment_id uuid) returns void
language plpgsql
as $$
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

comment on function torque.undo_deploy(uuid) is 'Takes back a deploy that did not succeed.';

-- Whether a deploy's plan makes the thing with this key.
create or replace function torque.has_step(deployment_id uuid, maker text, key text) returns boolean
language sql stable
as $$
  select exists (
    select from torque.deploy_steps s
    where s.deployment_id = has_step.deployment_id and s.makes = has_step.maker || ' ' || has_step.key)
$$;

-- Only for leaves that never were live.
create or replace function torque.drop_leaf(type_id integer) returns void
language plpgsql
as $$
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
