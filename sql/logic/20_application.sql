-- Applications: making one, naming its schemas, taking it away.
--
-- An application is two schemas: <slug>_data holds everything it owns, <slug>
-- holds what people see of it. Making one needs no deploy: it comes with its
-- feed and queues, ready for the first model version.
-- Called over the owner's connection only.

create or replace function torque.data_schema(application_id uuid) returns text
language sql stable
as $$ select slug || '_data' from torque.applications where id = data_schema.application_id $$;

comment on function torque.data_schema(uuid) is 'The schema that holds what an application owns.';

create or replace function torque.create_application(slug text, name text, model_id uuid,
  config jsonb default '{}')
returns uuid
language plpgsql
as $$
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
$$;

comment on function torque.create_application(text, text, uuid,
  jsonb) is 'Makes an application of a model; a deploy then gives it entity types.';

-- Functions of the data schema are made from one template for every application; after an
-- installation brought new logic, the installer calls this for each. Grants are applied again too:
-- they are model data.
create or replace function torque.apply_application_logic(application_id uuid) returns void
language plpgsql
as $$
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

comment on function torque.apply_application_logic(uuid) is 'Makes an application''s generated functions again.';

create or replace function torque.drop_application(id uuid) returns void
language plpgsql
as $$
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

comment on function torque.drop_application(uuid) is 'Removes an application with everything it owns. Nothing of it can be undone.';
