-- Relationships: on-delete rules, and link tables for many-to-many.
--
-- To-one is a Reference property: a writer keeps its target with `for key
-- share`, a delete has locked the row, and the rules below run after the
-- statement with a fresh snapshot, so neither can slip past the other.
-- After, not before: a statement that deletes a tree in one go would otherwise
-- meet rows its own rule has just deleted.
-- `= any (array(…))`, not `in`: a plan that is cached from a first delete of
-- many rows would scan the whole leaf for each later one.

-- Makes or replaces what follows the delete of entities of a type.
create or replace function torque.write_delete_rules(type_id integer) returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_type   torque.entity_types;
  v_rule   record;
  v_code   text := '';
  v_ends   text;
begin
  select * into strict v_type from torque.entity_types t where t.id = write_delete_rules.type_id;
  -- Restrictions first: nothing is cascaded for a delete that will be refused.
  for v_rule in
    select r.name, r.property_key,
      -- A retired relationship restricts nothing, and its links must not outlive their ends.
      case when r.retired_at is null then r.on_delete else 'cascade' end as on_delete,
      r.link_table, s.leaf, s.label, s.name as type_name,
        r.source_type_id = v_type.id as is_source, r.target_type_id = v_type.id as is_target
    from torque.relationships r
    join torque.entity_types s on s.id = r.source_type_id
    where (r.retired_at is null and r.property_key is not null and r.target_type_id = v_type.id)
      or (to_regclass(r.link_table) is not null and v_type.id in (r.source_type_id,
        r.target_type_id))
    order by r.on_delete = 'restrict' desc, r.key
  loop
    if v_rule.link_table is not null then
      v_ends := case
        when v_rule.is_source and v_rule.is_target then
          'source_id = any (array(select id from before_rows)) or target_id = any (array(select id from before_rows))'
        when v_rule.is_source then 'source_id = any (array(select id from before_rows))'
        else 'target_id = any (array(select id from before_rows))' end;
      if v_rule.on_delete = 'restrict' then
        v_code := v_code || format(
          E'  select count(*) into v_count from (select from %1$s where %2$s limit 101) blocking;\n'
          '  if v_count > 0 then\n'
          '    perform torque.refuse(''TQ409'', %3$L, jsonb_build_object(''relationship'', %4$L, ''count'', v_count));\n'
          '  end if;\n',
          v_rule.link_table, v_ends, format('%s is still linked by %s', v_type.label, v_rule.name),
            v_rule.name);
      else
        v_code := v_code || format(E'  delete from %s where %s;\n', v_rule.link_table, v_ends);
      end if;
    elsif v_rule.on_delete = 'restrict' then
      v_code := v_code || format(
        E'  select count(*) into v_count from (\n'
        '    select from %1$s where ((data->>%2$L)::uuid) = any (array(select id from before_rows)) limit 101) blocking;\n'
        '  if v_count > 0 then\n'
        '    perform torque.refuse(''TQ409'', %3$L,\n'
        '      jsonb_build_object(''relationship'', %4$L, ''entity_type'', %5$L, ''count'', v_count));\n'
        '  end if;\n',
        v_rule.leaf, v_rule.property_key, format('%s is still used by %s', v_type.label,
          v_rule.label), v_rule.name, v_rule.type_name);
    else
      v_code := v_code || format(
        E'  %1$s where ((data->>%2$L)::uuid) = any (array(select id from before_rows));\n'
        '  get diagnostics v_count = row_count;\n'
        '  if v_count > 10000 then\n'
        '    perform torque.refuse(''TQ409'', %3$L, jsonb_build_object(''relationship'', %4$L, ''count'', v_count));\n'
        '  end if;\n',
        case v_rule.on_delete
          when 'cascade' then format('delete from %s', v_rule.leaf)
          else format('update %s set data = data - %L', v_rule.leaf, v_rule.property_key) end,
        v_rule.property_key,
        format('deleting %s would reach more than 10,000 of %s: delete those first', v_type.label,
          v_rule.label), v_rule.name);
    end if;
  end loop;

  execute format('create or replace function %I.%I() returns trigger language plpgsql as %L',
    torque.data_schema(v_type.application_id), torque.object_name('delete_', v_type.key),
    case when v_code = ''
      then E'\n-- Made by Torque''s generator: nothing refers to this type.\nbegin\n  return null;\nend\n'
    else format(
      E'\n-- Made by Torque''s generator from the relationships that end here.\n'
      'declare\n  v_count bigint;\nbegin\n'
      '  if not exists (select from before_rows) then\n    return null;\n  end if;\n'
      '  perform torque.refuse_old_snapshot();\n'
      '%s  return null;\nend\n', v_code) end);
end
$$;

comment on function torque.write_delete_rules(integer) is 'Generates the on-delete rules of an entity type.';

-- Makes the link table of a many-to-many relationship, once, both directions indexed. Its validator
-- checks the ends and the on-delete rules remove links (or refuse) with a statement each; the
-- foreign keys look again at commit.
create or replace function torque.make_link_table(application_id uuid, relationship jsonb)
  returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_data   text := torque.data_schema(make_link_table.application_id);
  v_key    text := coalesce(relationship ->> 'key', relationship ->> 'id', relationship ->> 'name');
  v_table  text := format('%I.%I', v_data, torque.object_name('link_', v_key));
  v_check  text := torque.object_name('check_link_', v_key);
  v_source torque.entity_types;
  v_target torque.entity_types;
begin
  select * into strict v_source from torque.entity_types t
  where t.application_id = make_link_table.application_id
    and t.key = torque.entity_key(make_link_table.application_id, relationship ->> 'source_entity');
  select * into strict v_target from torque.entity_types t
  where t.application_id = make_link_table.application_id
    and t.key = torque.entity_key(make_link_table.application_id, relationship ->> 'target_entity');
  if to_regclass(v_table) is not null then
    return;
  end if;
  execute format($ddl$
    create table %1$s (
      source_id  uuid        not null,
      target_id  uuid        not null,
      data       jsonb       not null default '{}',
      version    bigint      not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      constraint %2$I primary key (source_id, target_id),
      constraint %3$I foreign key (source_id) references %4$s (id)
        deferrable initially deferred,
      constraint %5$I foreign key (target_id) references %6$s (id)
        deferrable initially deferred
    );
    create index %7$I on %1$s (target_id, source_id);
    comment on table %1$s is %8$L;
  $ddl$, v_table,
    torque.object_name('link_', v_key, '_pk'),
    torque.object_name('link_', v_key, '_has_a_source'), v_source.leaf,
    torque.object_name('link_', v_key, '_has_a_target'), v_target.leaf,
    torque.object_name('link_', v_key, '_by_target'),
    format('Links of %s.', coalesce(relationship ->> 'name', v_key)));
  perform torque.write_link_validator(make_link_table.application_id, v_key,
    coalesce(relationship ->> 'id', v_key), v_source.leaf, v_target.leaf,
      torque.describe_properties(make_link_table.application_id, relationship -> 'properties'));
  execute format($ddl$
    create trigger link_is_checked before insert or update on %1$s
      for each row execute function %2$I.%3$I();
    create trigger link_create_is_recorded after insert on %1$s
      referencing new table as after_rows
        for each statement execute function %2$I.record_link(%4$L, %5$L);
    create trigger link_update_is_recorded after update on %1$s
      referencing new table as after_rows
        for each statement execute function %2$I.record_link(%4$L, %5$L);
    create trigger link_delete_is_recorded after delete on %1$s
      referencing old table as before_rows
        for each statement execute function %2$I.record_unlink(%4$L, %5$L);
    create trigger link_truncate_is_recorded before truncate on %1$s
      for each statement execute function %2$I.record_link_truncate(%4$L, %5$L);
    grant select, insert, update, delete on %1$s to %6$I, %7$I;
  $ddl$, v_table, v_data, v_check, v_key, v_source.id, torque.role('server'), torque.role('views'));
end
$$;

comment on function torque.make_link_table(uuid,
  jsonb) is 'Makes the link table of a many-to-many relationship.';

create or replace function torque.write_link_validator(
  application_id uuid, key text, label text, source_leaf text, target_leaf text, properties jsonb
) returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_zone text := coalesce(torque.coming_model(write_link_validator.application_id) ->> 'time_zone',
    'UTC');
begin
  execute format('create or replace function %I.%I() returns trigger language plpgsql as %L',
    torque.data_schema(write_link_validator.application_id), torque.object_name('check_link_',
      write_link_validator.key),
    format($body$
-- Made by Torque's generator, version %1$s.
declare
  v_good   boolean;
  v_source boolean;
begin
  if tg_op = 'INSERT' then
    new.version := 1;
    new.created_at := now();
    new.updated_at := new.created_at;
  else
    if (new.source_id, new.target_id) is distinct from (old.source_id, old.target_id) then
      perform torque.refuse('TQ422', 'a link does not change its ends: unlink, then link',
        '[{"field": "source_id", "code": "read_only", "message": "a link does not change its ends: unlink, then link"}]');
    end if;
    new.version := old.version + 1;
    new.created_at := old.created_at;
    new.updated_at := greatest(now(), old.updated_at);
  end if;
  if jsonb_typeof(new.data) is distinct from 'object' then
    perform torque.refuse_values(%2$L, torque.list_errors('[]', new.data));
  end if;
  new.data := torque.without_nulls(new.data);
  if tg_op = 'INSERT' then
    null;
%3$s  end if;
%4$s  v_good := (pg_column_size(new.data) <= 262144
    and new.data - %5$L::text[] = '{}'
    and %6$s) is true;
  if not v_good then
    perform torque.refuse_values(%2$L, torque.list_errors(%7$L, new.data));
  end if;
  if tg_op = 'INSERT' then
    perform torque.refuse_old_snapshot();
    perform from %8$s where id = new.source_id for key share;
    v_source := found;
    perform from %9$s where id = new.target_id for key share;
    if not (v_source and found) then
      perform torque.refuse_ends(%2$L, v_source, found);
    end if;
  end if;
  return new;
end
$body$,
      torque.generator_version(), write_link_validator.label,
      torque.default_values(write_link_validator.properties, v_zone),
      (select coalesce(string_agg(torque.canonical_value(property, v_zone), '' order by ordinal),
        '')
       from jsonb_array_elements(write_link_validator.properties) with ordinality as each(property,
         ordinal)),
      array(select property ->> 'key'
        from jsonb_array_elements(write_link_validator.properties) as property),
      (select coalesce(string_agg(torque.good_value(property), E'\n    and ' order by ordinal),
        'true')
       from jsonb_array_elements(write_link_validator.properties) with ordinality as each(property,
         ordinal)),
      write_link_validator.properties, source_leaf, target_leaf));
end
$$;

create or replace function torque.refuse_ends(label text, has_source boolean, has_target boolean)
  returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_errors jsonb;
begin
  select jsonb_agg(jsonb_build_object('field', field, 'code', 'reference',
    'message', 'a link needs two entities that exist'))
  into v_errors
  from (values ('source_id', has_source), ('target_id', has_target)) as each(field, is_there)
  where not is_there;
  perform torque.refuse_values(label, v_errors);
end
$$;

comment on function torque.refuse_ends(text, boolean,
  boolean) is 'Refuses a link to something that does not exist.';

-- People see a link table through a view; what writes through it runs as the views role, as for
-- entities.
create or replace function torque.write_link_view(application_id uuid, key text, name text,
  link_table text) returns void
language plpgsql
as $$
#variable_conflict use_column
declare
  v_slug     text;
  v_data     text := torque.data_schema(write_link_view.application_id);
  v_function text := format('%I.%I', v_data, torque.object_name('write_link_',
    write_link_view.key));
  v_view     text;
begin
  select slug into v_slug from torque.applications a where a.id = write_link_view.application_id;
  v_view := format('%I.%I', v_slug, write_link_view.name);
  execute format('create or replace function %s() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as %L', v_function, format($body$
-- Made by Torque's generator.
begin
  if tg_op = 'INSERT' then
    perform torque.refuse_system_columns(new.version is not null, new.created_at is not null,
      new.updated_at is not null);
    insert into %1$s (source_id, target_id, data)
    values (new.source_id, new.target_id, coalesce(new.data, '{}'))
    returning data, version, created_at, updated_at into new.data, new.version, new.created_at,
      new.updated_at;
    return new;
  elsif tg_op = 'UPDATE' then
    perform torque.refuse_system_columns(new.version is distinct from old.version,
      new.created_at is distinct from old.created_at, new.updated_at is distinct
        from old.updated_at);
    update %1$s set source_id = new.source_id, target_id = new.target_id, data = new.data
    where source_id = old.source_id and target_id = old.target_id and version = old.version
    returning data, version, updated_at into new.data, new.version, new.updated_at;
  else
    delete from %1$s where source_id = old.source_id and target_id = old.target_id
      and version = old.version;
  end if;
  if not found then
    raise exception 'the link has been changed or removed by someone else meanwhile' using errcode = '40001';
  end if;
  return coalesce(new, old);
end
$body$, write_link_view.link_table));
  execute format('alter function %s() owner to %I', v_function, torque.role('views'));
  execute format('create or replace view %s as
    select l.source_id, l.target_id, l.data, l.version, l.created_at, l.updated_at
      from %s l', v_view, write_link_view.link_table);
  execute format('grant usage, create on schema %I to %I', v_slug, torque.role('views'));
  execute format('alter view %s owner to %I', v_view, torque.role('views'));
  execute format('comment on view %s is %L', v_view,
    'Links: insert to link, delete to unlink; data holds the link''s own values.');
  execute format('create or replace trigger link_is_written instead of insert or update or delete on %s
    for each row execute function %s()', v_view, v_function);
end
$$;
