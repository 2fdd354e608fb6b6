-- Typed views: an entity type as people and their tools see it in SQL.
--
-- <slug>.<type>(id, the properties with their types, version, created_at,
-- updated_at) over the leaf, owned by the views role: grants on views are the
-- wall for people, nobody has a grant on a leaf. An INSTEAD OF trigger that runs
-- as the views role writes the leaf, where the validator and the feed are
-- (insert 0.72 of the leaf's own). Predicates on typed columns meet the
-- expression indexes, because a column is the very expression.
-- Views are changed in place and never dropped while others depend on them:
-- new columns come last, renames are renames, the column of a removed property
-- stays as a typed null.

create or replace function torque.sql_type(property jsonb) returns text
language sql immutable
as $$
  select case property ->> 'type'
    when 'Integer' then 'bigint'
    when 'Decimal' then 'numeric'
    when 'Boolean' then 'boolean'
    when 'MultiEnum' then 'text[]'
    when 'Date' then 'date'
    when 'DateTime' then 'timestamp with time zone'
    when 'Uuid' then 'uuid'
    when 'Reference' then 'uuid'
    when 'Json' then 'jsonb'
    else 'text'
  end
$$;

-- A column of a trigger's new row. Always quoted: plpgsql has words of its own (begin, declare, return)
-- that %I leaves bare.
create or replace function torque.new_column(name text) returns text
language sql immutable
as $$ select 'new."' || replace(new_column.name, '"', '""') || '"' $$;

-- A property's value in its SQL type, read from a jsonb (`data`, or `v_row.data`).
create or replace function torque.view_value(property jsonb, data text) returns text
language sql immutable
as $$
  select format(case property ->> 'type'
    when 'Integer' then '((%1$s->>%2$L)::bigint)'
    when 'Decimal' then '((%1$s->>%2$L)::numeric)'
    when 'Boolean' then '((%1$s->>%2$L)::boolean)'
    when 'MultiEnum' then 'torque.to_text_array(%1$s->%2$L)'
    when 'Date' then 'torque.to_date_v1(%1$s->>%2$L)'
    when 'DateTime' then 'torque.to_ts_v1(%1$s->>%2$L)'
    when 'Uuid' then '((%1$s->>%2$L)::uuid)'
    when 'Reference' then '((%1$s->>%2$L)::uuid)'
    when 'Json' then '(%1$s->%2$L)'
    when 'Enum' then '((%1$s->>%2$L) collate "C")'
    else '(%1$s->>%2$L)'
  end, view_value.data, property ->> 'key')
$$;

-- The other way: a view column's value as it goes into data. The validator brings it into its
-- canonical form.
create or replace function torque.data_value(property jsonb, value text) returns text
language sql immutable
as $$
  select format(case property ->> 'type'
    when 'Decimal' then '%s::text'
    when 'DateTime' then 'torque.datetime_text(%s)'
    else '%s'
  end, data_value.value)
$$;

-- jsonb_build_object takes a hundred arguments at most.
create or replace function torque.build_object(pairs text[]) returns text
language sql immutable
as $$
  select coalesce(string_agg(format('jsonb_build_object(%s)', part), ' || ' order by chunk),
    '''{}''::jsonb')
  from (
    select (ordinal - 1) / 40 as chunk, string_agg(pair, ', ' order by ordinal) as part
    from unnest(build_object.pairs) with ordinality as each(pair, ordinal)
    group by (ordinal - 1) / 40
  ) chunked
$$;

create or replace function torque.write_view_function(type_id integer, properties jsonb)
  returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_type     torque.entity_types;
  v_data     text;
  v_pairs    text;
  v_patch    text;
  v_returned text;
  v_function text;
begin
  select * into strict v_type from torque.entity_types t where t.id = write_view_function.type_id;
  v_data := torque.data_schema(v_type.application_id);
  v_function := format('%I.%I', v_data, torque.object_name('write_', v_type.key));

  select
    torque.build_object(array_agg(format('%L, %s', property ->> 'key',
      torque.data_value(property, torque.new_column(property ->> 'name'))) order by ordinal)),
    string_agg(format(E'    if %1$s is distinct from old%4$s then\n      v_data := v_data || jsonb_build_object(%2$L, %3$s);\n    end if;\n',
      torque.new_column(property ->> 'name'), property ->> 'key',
      torque.data_value(property, torque.new_column(property ->> 'name')),
      substr(torque.new_column(property ->> 'name'), 4)), '' order by ordinal),
    string_agg(format(E'  %s := %s;\n', torque.new_column(property ->> 'name'), torque.view_value(property,
      'v_row.data')), '' order by ordinal)
  into v_pairs, v_patch, v_returned
  from jsonb_array_elements(write_view_function.properties) with ordinality as each(property,
    ordinal);

  execute format('create or replace function %s() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as %L', v_function, format($body$
-- Made by Torque's generator. Writes only the columns that differ, and only the version that was
-- read.
declare
  v_row  %1$s;
  v_data jsonb := '{}';
begin
  if tg_op = 'INSERT' then
    perform torque.refuse_system_columns(new.version is not null, new.created_at is not null,
      new.updated_at is not null);
    insert into %1$s (id, data)
    values (coalesce(new.id, torque.uuidv7()), %2$s)
    returning * into v_row;
  elsif tg_op = 'UPDATE' then
    perform torque.refuse_system_columns(new.version is distinct from old.version,
      new.created_at is distinct from old.created_at, new.updated_at is distinct
        from old.updated_at,
      new.id is distinct from old.id);
%3$s    update %1$s set data = data || v_data
    where id = old.id and version = old.version
    returning * into v_row;
    if not found then
      raise exception 'the %% has been changed or deleted by someone else meanwhile',
        %4$L using errcode = '40001';
    end if;
  else
    delete from %1$s where id = old.id and version = old.version;
    if not found then
      raise exception 'the %% has been changed or deleted by someone else meanwhile',
        %4$L using errcode = '40001';
    end if;
    return old;
  end if;
  new.id := v_row.id;
%5$s  new.version := v_row.version;
  new.created_at := v_row.created_at;
  new.updated_at := v_row.updated_at;
  return new;
end
$body$, v_type.leaf, coalesce(v_pairs, '''{}''::jsonb'), coalesce(v_patch, ''), v_type.label,
  coalesce(v_returned, '')));
  execute format('alter function %s() owner to %I', v_function, torque.role('views'));
end
$$;

create or replace function torque.refuse_system_columns(
  version boolean, created_at boolean, updated_at boolean, id boolean default false
) returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_errors jsonb;
begin
  if not (version or created_at or updated_at or id) then
    return;
  end if;
  select jsonb_agg(jsonb_build_object('field', field, 'code', 'read_only', 'message', field
    || ' is set by Torque'))
  into v_errors
  from (values ('id', id), ('version', version), ('created_at', created_at), ('updated_at',
    updated_at)) as each(field, is_set)
  where is_set;
  perform torque.refuse_values('read-only columns', v_errors);
end
$$;

-- Makes or changes the view of an entity type. Existing columns keep their place and type.
create or replace function torque.write_view(type_id integer, properties jsonb,
  former_properties jsonb default '[]', former_name text default null)
returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_type     torque.entity_types;
  v_slug     text;
  v_view     text;
  v_column   record;
  v_property jsonb;
  v_columns  text[] := '{}';
  v_names    text[] := '{}';
  v_system   constant jsonb := '{"id": "uuid", "version": "bigint",
    "created_at": "timestamp with time zone", "updated_at": "timestamp with time zone"}';
  v_stuck    text;
begin
  select * into strict v_type from torque.entity_types t where t.id = write_view.type_id;
  select slug into v_slug from torque.applications a where a.id = v_type.application_id;
  v_view := format('%I.%I', v_slug, v_type.name);

  if former_name <> v_type.name and to_regclass(v_view) is null
     and to_regclass(format('%I.%I', v_slug, former_name)) is not null then
    execute format('alter view %I.%I rename to %I', v_slug, former_name, v_type.name);
  end if;

  if to_regclass(v_view) is not null then
    -- Renames first, over names in between: two properties may have swapped theirs.
    for v_column in
      select f ->> 'name' as was, p ->> 'name' as becomes, 'torque rename '
        || (p ->> 'key') as between
      from jsonb_array_elements(former_properties) as f
      join jsonb_array_elements(write_view.properties) as p on p ->> 'key' = f ->> 'key'
      where f ->> 'name' <> p ->> 'name'
    loop
      execute format('alter view %s rename column %I to %I', v_view, v_column.was,
        left(v_column.between, 63));
    end loop;
    for v_column in
      select p ->> 'name' as becomes, 'torque rename ' || (p ->> 'key') as between
      from jsonb_array_elements(former_properties) as f
      join jsonb_array_elements(write_view.properties) as p on p ->> 'key' = f ->> 'key'
      where f ->> 'name' <> p ->> 'name'
    loop
      execute format('alter view %s rename column %I to %I', v_view, left(v_column.between, 63),
        v_column.becomes);
    end loop;

    -- A column whose type is another now cannot stay; without dependents the view is made anew.
    select string_agg(quote_ident(a.attname), ', ') into v_stuck
    from pg_catalog.pg_attribute a
    join jsonb_array_elements(write_view.properties) as p on p ->> 'name' = a.attname
    where a.attrelid = v_view::regclass and a.attnum > 0
      and (format_type(a.atttypid, null) <> torque.sql_type(p)
        or a.atttypid = 'text'::regtype and (a.attcollation = '"C"'::regcollation) <> (p ->> 'type' = 'Enum'));
    if v_stuck is not null then
      perform torque.refuse_dependents(v_view, format('the type of %s changes', v_stuck));
      execute format('drop function if exists %I.%I(uuid, jsonb)', v_slug,
        torque.object_name('upsert_', coalesce(former_name, v_type.name)));
      execute format('drop view %s', v_view);
    end if;
  end if;

  if to_regclass(v_view) is not null then
    for v_column in
      select attname::text as name, format_type(atttypid, null)
        || case when attcollation = '"C"'::regcollation then ' collate "C"' else '' end as type
      from pg_catalog.pg_attribute
      where attrelid = v_view::regclass and attnum > 0
      order by attnum
    loop
      v_property := (select p from jsonb_array_elements(write_view.properties) as p
        where p ->> 'name' = v_column.name);
      v_names := v_names || v_column.name;
      v_columns := v_columns || format('%s as %I',
        case
          when v_system ? v_column.name then 'e.' || quote_ident(v_column.name)
          when v_property is not null then torque.view_value(v_property, 'e.data')
          else 'null::' || v_column.type
        end, v_column.name);
    end loop;
  else
    v_columns := array['e.id as id'];
    v_names := array['id'];
  end if;
  for v_property in select value from jsonb_array_elements(write_view.properties) loop
    continue when v_property ->> 'name' = any (v_names);
    v_names := v_names || (v_property ->> 'name');
    v_columns := v_columns || format('%s as %I', torque.view_value(v_property, 'e.data'),
      v_property ->> 'name');
  end loop;
  v_columns := v_columns || array(
    select format('e.%1$I as %1$I', name)
    from unnest(array['version', 'created_at', 'updated_at']) as name
    where name <> all (v_names));

  perform torque.write_view_function(v_type.id, write_view.properties);
  execute format(E'create or replace view %s as\n  select %s\n  from %s e', v_view,
    array_to_string(v_columns, E',\n    '), v_type.leaf);
  execute format('grant usage, create on schema %I to %I', v_slug, torque.role('views'));
  execute format('alter view %s owner to %I', v_view, torque.role('views'));
  execute format('comment on view %s is %L', v_view,
    coalesce(nullif(v_type.definition ->> 'description', ''), v_type.label));
  for v_property in select value from jsonb_array_elements(write_view.properties) loop
    execute format('comment on column %s.%I is %L', v_view, v_property ->> 'name',
      v_property ->> 'label');
  end loop;
  if not exists (select from pg_catalog.pg_trigger where tgrelid = v_view::regclass
    and tgname = 'entity_is_written') then
    execute format('create trigger entity_is_written instead of insert or update or delete on %s for each row execute function %I.%I()',
      v_view, torque.data_schema(v_type.application_id), torque.object_name('write_', v_type.key));
  end if;
  perform torque.write_upsert(v_type.id, write_view.properties, former_name);
end
$$;

comment on function torque.write_view(integer, jsonb, jsonb,
  text) is 'Makes or changes the typed view of an entity type.';

create or replace function torque.refuse_dependents(view text, reason text) returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_dependents text[];
begin
  select array_agg(distinct dependent) into v_dependents
  from (
    select r.ev_class::regclass::text as dependent
    from pg_catalog.pg_depend d
    join pg_catalog.pg_rewrite r on r.oid = d.objid
    where d.classid = 'pg_rewrite'::regclass and d.refobjid = refuse_dependents.view::regclass
      and r.ev_class <> refuse_dependents.view::regclass
    union all
    -- Functions that take or return the view's rows; upserts are the generator's own.
    select p.oid::regprocedure::text
    from pg_catalog.pg_depend d
    join pg_catalog.pg_class c on c.reltype = d.refobjid
    join pg_catalog.pg_proc p on p.oid = d.objid
    where d.classid = 'pg_proc'::regclass and c.oid = refuse_dependents.view::regclass
      and not (p.pronamespace = c.relnamespace
        and pg_get_userbyid(p.proowner) = torque.role('views'))
  ) found;
  if v_dependents is not null then
    perform torque.refuse('TQ409', format('%s: drop what depends on %s first: %s', reason,
      refuse_dependents.view,
      array_to_string(v_dependents, ', ')), jsonb_build_object('dependents', v_dependents));
  end if;
end
$$;

-- `on conflict` cannot be used on these views: this is what to call instead. Values are given by
-- outside names; what is left out stays as it is, or takes its default.
create or replace function torque.write_upsert(type_id integer, properties jsonb, former_name text)
  returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_type     torque.entity_types;
  v_slug     text;
  v_function text;
  v_name     text;
begin
  select * into strict v_type from torque.entity_types t where t.id = write_upsert.type_id;
  select slug into v_slug from torque.applications a where a.id = v_type.application_id;
  v_name := torque.object_name('upsert_', v_type.name);
  v_function := format('%I.%I', v_slug, v_name);
  if former_name <> v_type.name then
    execute format('drop function if exists %I.%I(uuid, jsonb)', v_slug,
      torque.object_name('upsert_', former_name));
  end if;

  execute format('create or replace function %s(id uuid, data jsonb) returns setof %I.%I language plpgsql security definer
    set search_path = pg_catalog, pg_temp as %L', v_function, v_slug, v_type.name, format($body$
-- Made by Torque's generator.
declare
  v_data jsonb := torque.with_keys(%1$L, %2$I.data);
begin
  loop
    update %3$s e set data = e.data || v_data where e.id = %2$I.id;
    exit when found;
    begin
      insert into %3$s (id, data) values (coalesce(%2$I.id, torque.uuidv7()), v_data)
      returning %3$s.id into %2$I.id;
      exit;
    exception when unique_violation then
      -- Someone made it meanwhile: update theirs. Another property's duplicate is refused as such.
      if not exists (select from %3$s e where e.id = %2$I.id) then
        raise;
      end if;
    end;
  end loop;
  return query select * from %4$I.%5$I v where v.id = %2$I.id;
end
$body$,
    (select coalesce(jsonb_object_agg(property ->> 'name', property ->> 'key'), '{}')
     from jsonb_array_elements(write_upsert.properties) as property),
    v_name, v_type.leaf, v_slug, v_type.name));
  execute format('comment on function %s(uuid, jsonb) is %L', v_function,
    format('Makes or updates a %s by its id.', v_type.label));
  execute format('alter function %s(uuid, jsonb) owner to %I', v_function, torque.role('views'));
end
$$;

create or replace function torque.with_keys(keys jsonb, data jsonb) returns jsonb
language sql immutable
as $$
  select coalesce(jsonb_object_agg(coalesce(with_keys.keys ->> key, key), value), '{}')
  from jsonb_each(with_keys.data)
$$;

comment on function torque.with_keys(jsonb,
  jsonb) is 'Values by storage key instead of outside name; unknown names stay, for the validator to refuse.';
