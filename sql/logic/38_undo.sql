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
  v_link        text;
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
      for v_index in
        select l.index_name from torque.leaf_indexes l
        where l.entity_type_id = v_type.id and l.index_name not in (
          select plan.index_name from torque.leaf_index_plan(v_type.id, v_type.properties,
            v_entity) plan)
      loop
        perform torque.drop_leaf_index(v_index);
      end loop;
    end loop;
    perform torque.register_relationships(v_application.id, v_model);
  end if;

  -- What the deploy was the first to make.
  for v_link in
    select format('%I.%I', n.nspname, c.relname)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = v_application.slug || '_data' and c.relkind = 'r' and c.relname ~ '^link_'
      and format('%I.%I', n.nspname, c.relname) not in (
        select r.link_table from torque.relationships r
        where r.application_id = v_application.id and r.link_table is not null)
  loop
    execute format('drop table %s cascade', v_link);
  end loop;
  for v_type in
    select * from torque.entity_types t where t.application_id = v_application.id
      and (t.model_version is null or v_model is null)
  loop
    perform torque.drop_leaf(v_type.id);
  end loop;
end
$$;

comment on function torque.undo_deploy(uuid) is 'Takes back a deploy that did not succeed.';

-- Only for leaves that never were live.
create or replace function torque.drop_leaf(type_id integer) returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_type torque.entity_types;
  v_data text;
begin
  select * into strict v_type from torque.entity_types t where t.id = drop_leaf.type_id;
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
