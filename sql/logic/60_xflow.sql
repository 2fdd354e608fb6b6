-- XFlows and their triggers as a deploy brings them.
--
-- A row of torque.xflows is one xflow of one model version: executions end with
-- the version they began with. Triggers keep their ids over versions, so what
-- has fired stays fired.

create or replace function torque.deploy_xflows(application_id uuid, model_id uuid,
  version integer) returns void
language plpgsql
as $$
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
$$;

comment on function torque.deploy_xflows(uuid, uuid,
  integer) is 'Registers a version''s xflows and what starts them: hooks of its entities and triggers of their own.';
