-- Leaves: the table of an entity type, its database triggers and its indexes.
--
-- A leaf is created and then attached, never created `partition of`: attaching
-- takes a lock on the parent that readers and writers do not feel.

create or replace function torque.make_leaf(application_id uuid, key text, name text, label text)
  returns integer
language plpgsql
as $$
#variable_conflict use_column
declare
  v_schema text := torque.data_schema(make_leaf.application_id);
  v_table  text := torque.object_name('entity_', make_leaf.key);
  v_leaf   text := format('%I.%I', v_schema, v_table);
  v_id     integer;
begin
  select t.id into v_id from torque.entity_types t
  where t.application_id = make_leaf.application_id and t.key = make_leaf.key;
  if v_id is null then
    insert into torque.entity_types (application_id, key, name, label, leaf, definition)
    values (make_leaf.application_id, make_leaf.key, make_leaf.name, make_leaf.label, v_leaf, '{}')
    returning id into v_id;
  end if;
  if to_regclass(v_leaf) is not null then
    return v_id;
  end if;

  execute format('create table %s (like torque.entities including defaults including constraints including comments)', v_leaf);
  execute format('alter table %s alter column application_id set default %L, alter column entity_type_id set default %s',
    v_leaf, make_leaf.application_id, v_id);
  execute format('alter table %s add constraint %I primary key (id)', v_leaf,
    torque.object_name('', make_leaf.key, '_pk'));
  -- Every grid can be sorted by it: without, its first page of 100,000 rows sorts all of them (360 ms). It never changes, so
  -- updates stay HOT, and it grows at one end, so inserts hardly feel it.
  execute format('create index %I on %s (created_at, id)', torque.object_name('', make_leaf.key, '_created_at'), v_leaf);
  if (select 'lz4' = any (enumvals) from pg_catalog.pg_settings
    where name = 'default_toast_compression') then
    execute format('alter table %s alter column data set compression lz4', v_leaf);
  end if;
  execute format('comment on table %s is %L', v_leaf, make_leaf.label);
  execute format('alter table torque.entities attach partition %s for values in (%s)', v_leaf,
    v_id);

  perform torque.write_validator(v_id, '[]', 'UTC');
  perform torque.write_delete_rules(v_id);
  perform torque.write_leaf_triggers(v_leaf, v_schema,
    torque.object_name('check_', make_leaf.key), torque.object_name('delete_', make_leaf.key));
  -- The server writes leaves; the views' functions do for people. Nobody else has a grant.
  execute format('grant select, insert, update, delete on %s to %I, %I', v_leaf,
    torque.role('server'), torque.role('views'));
  return v_id;
end
$$;

comment on function torque.make_leaf(uuid, text, text,
  text) is 'Makes the leaf of an entity type, once.';

create or replace function torque.write_leaf_triggers(leaf text, schema text, check_function text,
  delete_function text)
returns void
language plpgsql
as $$
#variable_conflict use_column
begin
  execute format(
    'create trigger entity_is_checked before insert or update on %s
       for each row execute function %I.%I()', leaf, schema, check_function);
  -- Recorded per statement: importing 1,000 entities is one insert into the outbox (31 us a row
  -- against 53).
  execute format(
    'create trigger entity_create_is_recorded after insert on %s
       referencing new table as after_rows
         for each statement execute function %I.record_create()', leaf, schema);
  execute format(
    'create trigger entity_update_is_recorded after update on %s
       referencing old table as before_rows new table as after_rows
       for each statement execute function %I.record_update()', leaf, schema);
  execute format(
    'create trigger entity_delete_is_recorded after delete on %s
       referencing old table as before_rows
         for each statement execute function %I.record_delete()', leaf, schema);
  execute format(
    'create trigger entity_delete_is_followed after delete on %s
       referencing old table as before_rows
         for each statement execute function %I.%I()', leaf, schema, delete_function);
  execute format(
    'create trigger entity_truncate_is_recorded before truncate on %s
       for each statement execute function %I.record_truncate()', leaf, schema);
end
$$;

-- What indexes an entity type's properties ask for, and nothing more: any index on data switches
-- HOT updates off. Value indexes end in id, so they also serve keyset pages: `order by expr, id`
-- and `(expr, id) > ($1, $2)`; ascending with nulls last, descending with nulls first.
create or replace function torque.leaf_index_plan(type_id integer, properties jsonb,
  definition jsonb)
returns table (index_name text, kind text, property_keys text[], is_unique boolean, target text)
language plpgsql stable
as $$
#variable_conflict use_column
declare
  v_type      torque.entity_types;
  v_property  jsonb;
  v_key       text;
  v_trigram   text;
  v_short     boolean;
begin
  select * into strict v_type from torque.entity_types t where t.id = leaf_index_plan.type_id;
  select format('%I.gin_trgm_ops', n.nspname) into v_trigram
  from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
  where e.extname = 'pg_trgm';

  for v_property in select value from jsonb_array_elements(leaf_index_plan.properties) loop
    v_key := v_property ->> 'key';
    property_keys := array[v_key];
    v_short := v_property ->> 'type' not in ('String', 'Text')
      or coalesce((v_property ->> 'max_length')::integer <= 500, false);
    is_unique := (v_property ->> 'unique')::boolean and v_property ->> 'type' not in ('Json',
      'MultiEnum');
    if is_unique then
      kind := 'unique';
      -- Long texts are unique by their digest: an index entry holds at most 2,704 bytes.
      target := case
        when v_short then format('(%s)', v_property ->> 'expr')
        else format('(torque.digest_v1(data->>%L))', v_key) end;
      index_name := torque.object_name('', v_type.key || '_' || v_key, case when v_short
        then '_unique_' else '_digest_' end || v_type.id);
      return next;
    end if;
    is_unique := false;
    if (v_property ->> 'indexed')::boolean then
      if v_property ->> 'type' in ('Json', 'MultiEnum') then
        kind := 'contains';
        target := format('using gin (%s jsonb_path_ops)', v_property ->> 'expr');
      else
        kind := case when v_short then 'value' else 'sort' end;
        target := format('(%s, id)', v_property ->> 'sort_expr');
      end if;
      index_name := torque.object_name('', v_type.key || '_' || v_key, '_' || kind || '_'
        || v_type.id);
      return next;
    end if;
    if v_property ? 'text_search' and v_trigram is not null then
      kind := 'search';
      target := format('using gin (%s %s)', v_property ->> 'text_search', v_trigram);
      index_name := torque.object_name('', v_type.key || '_' || v_key, '_search_' || v_type.id);
      return next;
    end if;
  end loop;
  if coalesce((leaf_index_plan.definition ->> 'free_filters')::boolean, false) then
    kind := 'filters';
    property_keys := '{}';
    target := 'using gin (data jsonb_path_ops)';
    index_name := torque.object_name('', v_type.key, '_filters_' || v_type.id);
    return next;
  end if;
end
$$;

comment on function torque.leaf_index_plan(integer, jsonb,
  jsonb) is 'The indexes a leaf should have; target is what follows the leaf in create index.';

create or replace function torque.record_index(type_id integer, index_name text, kind text,
  property_keys text[]) returns void
language plpgsql
as $$
#variable_conflict use_column
begin
  insert into torque.leaf_indexes (index_name, application_id, entity_type_id, kind, property_keys)
  select record_index.index_name, t.application_id, t.id, record_index.kind,
    record_index.property_keys
  from torque.entity_types t
  where t.id = record_index.type_id
  on conflict on constraint leaf_indexes_pk
  do update set kind = excluded.kind, property_keys = excluded.property_keys;
end
$$;

comment on function torque.record_index(integer, text, text,
  text[]) is 'Remembers what an index serves, for the translation of duplicates.';

create or replace function torque.drop_leaf_index(index_name text) returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_schema text;
begin
  select torque.data_schema(l.application_id) into v_schema
  from torque.leaf_indexes l where l.index_name = drop_leaf_index.index_name;
  if v_schema is not null then
    execute format('drop index if exists %I.%I', v_schema, drop_leaf_index.index_name);
    delete from torque.leaf_indexes l where l.index_name = drop_leaf_index.index_name;
  end if;
end
$$;

create or replace function torque.drop_broken_index(schema text, index_name text) returns void
language plpgsql
as $$
#variable_conflict use_column
begin
  if exists (
    select from pg_catalog.pg_index i
    where i.indexrelid = to_regclass(format('%I.%I', schema, drop_broken_index.index_name))
      and not i.indisvalid) then
    execute format('drop index %I.%I', schema, drop_broken_index.index_name);
  end if;
end
$$;

comment on function torque.drop_broken_index(text,
  text) is 'Removes what a build that broke off has left.';

-- A build that was killed and is resumed finds its broken index in place and skips it: then it is
-- built plainly here.
create or replace function torque.check_index(type_id integer, index_name text, kind text,
  property_keys text[], statement text)
returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_schema text;
begin
  select torque.data_schema(t.application_id) into v_schema from torque.entity_types t
    where t.id = check_index.type_id;
  perform torque.drop_broken_index(v_schema, check_index.index_name);
  if to_regclass(format('%I.%I', v_schema, check_index.index_name)) is null then
    execute statement;
  end if;
  perform torque.record_index(check_index.type_id, check_index.index_name, check_index.kind,
    check_index.property_keys);
end
$$;

-- All indexes of a leaf that is still empty.
create or replace function torque.make_indexes(deployment_id uuid, key text) returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_type   torque.entity_types;
  v_entity jsonb := torque.coming_entity(make_indexes.deployment_id, make_indexes.key);
  v_plan   record;
begin
  select t.* into strict v_type
  from torque.entity_types t join torque.deployments d on d.application_id = t.application_id
  where d.id = make_indexes.deployment_id and t.key = make_indexes.key;
  for v_plan in
    select * from torque.leaf_index_plan(v_type.id, torque.describe_only(v_entity -> 'properties'),
      v_entity)
  loop
    execute format('create %s index if not exists %I on %s %s',
      case when v_plan.is_unique then 'unique' else '' end, v_plan.index_name, v_type.leaf,
        v_plan.target);
    perform torque.record_index(v_type.id, v_plan.index_name, v_plan.kind, v_plan.property_keys);
  end loop;
end
$$;
