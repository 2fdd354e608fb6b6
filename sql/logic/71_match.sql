-- Matching: changes become executions, exactly one for each trigger and change.
--
-- A second step after sequencing, with an append-only cursor of its own, in one
-- transaction with the executions it makes. Conditions are jsonpath predicates
-- and tests of changed keys. When one raises, the others must not suffer: the
-- triggers are tried one by one, the faulty one's change is found by halving,
-- the trigger is switched off with its fault recorded, and matching goes on.

create or replace function torque.write_match_functions(application_id uuid) returns void
language plpgsql
as $$
declare
  v_data text := torque.data_schema(write_match_functions.application_id);
begin
  execute format($make$
-- Executions of changes in (from_pos, to_pos], for one trigger or for all.
create or replace function %1$I.match_range(from_pos bigint, to_pos bigint, only_trigger uuid)
  returns bigint
language plpgsql
as $body$
-- Made by Torque from one template for every application (sql/logic/71_match.sql).
declare
  v_max_depth integer := torque.setting('trigger.max_depth', '8')::integer;
  v_max_root  integer := torque.setting('trigger.max_per_root', '10')::integer;
  v_epoch     text := (select epoch from torque.installation);
  v_count     bigint;
begin
  with matched as materialized (
    select t.id as trigger_id, t.xflow_id, t.trigger_type, c.pos, c.entity_type_id, c.entity_id,
      c.op, c.version,
      c.data, c.old, c.caller,
      coalesce(split_part(c.cause, ':', 1), c.pos::text) as root,
      coalesce(nullif(split_part(c.cause, ':', 3), '')::integer, 0) + 1 as depth
    from %1$I.changes c
    join %1$I.xflow_triggers t on t.enabled
      and t.entity_type_id = c.entity_type_id
      and (t.trigger_type = 'OnPersist'
        or t.trigger_type = case c.op when 'create' then 'OnCreate' when 'update' then 'OnUpdate'
          when 'delete' then 'OnDelete' end)
    where c.pos > from_pos and c.pos <= to_pos and c.kind = 'entity' and c.op in ('create',
      'update', 'delete')
      and (only_trigger is null or t.id = only_trigger)
      and (c.op <> 'update' or not t.trigger_config ? 'changed'
        or c.old ?| array(select jsonb_array_elements_text(t.trigger_config -> 'changed')))
      and (not t.trigger_config ? 'condition'
        or jsonb_path_match(jsonb_build_object('new', c.data, 'old', c.old),
          (t.trigger_config ->> 'condition')::jsonpath, silent => true))
      -- What an execution of an xflow does to its own entity does not start it again, unless the
      -- trigger says so.
      and (coalesce((t.trigger_config ->> 'self')::boolean, false) or c.cause is null
        or not exists (
        select from %1$I.xflow_executions e
        join torque.xflows x on x.id = e.xflow_id
        where e.id = split_part(c.cause, ':', 2)::uuid and x.key = (select own.key from torque.xflows own where own.id = t.xflow_id)
          and e.trigger_data ->> 'entity_id' = c.entity_id::text
        union all
        select from %1$I.xflow_execution_history e
        join torque.xflows x on x.id = e.xflow_id
        where e.id = split_part(c.cause, ':', 2)::uuid and x.key = (select own.key from torque.xflows own where own.id = t.xflow_id)
          and e.trigger_data ->> 'entity_id' = c.entity_id::text))
  ), fired as (
    insert into %1$I.trigger_firings (trigger_id, key, execution_id)
    select trigger_id, 'pos:' || v_epoch || ':' || pos, torque.uuidv7() from matched
    on conflict (trigger_id, key) do nothing
    returning trigger_id, key, execution_id
  )
  insert into %1$I.xflow_executions (id, xflow_id, trigger_id, trigger_type, trigger_data,
    input_data, caller, root, depth,
    status, priority, model_version)
  select f.execution_id, m.xflow_id, m.trigger_id, m.trigger_type,
    jsonb_build_object('pos', m.pos, 'op', m.op, 'entity_type_id', m.entity_type_id, 'entity_id',
      m.entity_id,
      'version', m.version, 'caller', m.caller),
    jsonb_build_object('entity', m.data, 'before', m.old),
    m.caller, m.root, m.depth,
    case
      when m.depth > v_max_depth then 'blocked'
      when m.depth > 1 and (
        select count(*) from (
          select e.trigger_data from %1$I.xflow_executions e
          where e.root = m.root and e.xflow_id = m.xflow_id
          union all
          select e.trigger_data from %1$I.xflow_execution_history e
          where e.root = m.root and e.xflow_id = m.xflow_id
        ) of_root
        where of_root.trigger_data ->> 'entity_id' = m.entity_id::text
      ) >= v_max_root then 'blocked'
      else 'waiting'
    end,
    x.priority, x.model_version
  from fired f
  join matched m on m.trigger_id = f.trigger_id and f.key = 'pos:' || v_epoch || ':' || m.pos
  join torque.xflows x on x.id = m.xflow_id;
  get diagnostics v_count = row_count;
  return v_count;
end
$body$;

create or replace function %1$I.match_triggers(max_rows integer) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $body$
-- Made by Torque from one template for every application (sql/logic/71_match.sql).
declare
  v_from    bigint;
  v_to      bigint;
  v_low     bigint;
  v_high    bigint;
  v_middle  bigint;
  v_made    bigint;
  v_trigger uuid;
  v_state   text;
  v_message text;
begin
  select max(pos) into v_from from %1$I.match_steps;
  select max(pos) into v_to from %1$I.feed_steps;
  if v_to <= v_from then
    return 0;
  end if;
  -- Whoever is second looks again later: the first may die before it commits.
  if not pg_try_advisory_xact_lock(%3$s) then
    return 1;
  end if;
  -- What a crash takes back is matched again, executions and step alike.
  perform set_config('synchronous_commit', 'off', true);
  -- It sends NOTIFY too, see 50.
  perform set_config('lock_timeout', '2s', true);
  select max(pos) into v_from from %1$I.match_steps;
  v_to := least(v_to, v_from + max_rows);
  if v_to <= v_from then
    return 0;
  end if;

  if not exists (select from %1$I.xflow_triggers where enabled) then
    v_made := 0;
  else
    begin
      v_made := %1$I.match_range(v_from, v_to, null);
    exception when others then
      v_made := null;
    end;
  end if;
  if v_made is null then
    v_made := 0;
    for v_trigger in select id from %1$I.xflow_triggers where enabled
      and entity_type_id is not null order by id loop
      v_low := v_from;
      begin
        v_made := v_made + %1$I.match_range(v_low, v_to, v_trigger);
        continue;
      exception when others then
        v_state := sqlstate;
        v_message := sqlerrm;
      end;
      -- Halving: (v_low, v_high] holds the first change that fails; everything up to v_low has been
      -- matched.
      v_high := v_to;
      while v_high - v_low > 1 loop
        v_middle := (v_low + v_high) / 2;
        begin
          v_made := v_made + %1$I.match_range(v_low, v_middle, v_trigger);
          v_low := v_middle;
        exception when others then
          v_state := sqlstate;
          v_message := sqlerrm;
          v_high := v_middle;
        end;
      end loop;
      update %1$I.xflow_triggers
      set enabled = false,
        fault = jsonb_build_object('pos', v_high, 'sqlstate', v_state, 'message', v_message, 'at',
          clock_timestamp())
      where id = v_trigger;
    end loop;
  end if;

  insert into %1$I.match_steps (pos) values (v_to);
  if v_made > 0 then
    perform pg_notify('torque', %2$L);
  end if;
  return v_to - v_from;
end
$body$;
comment on function %1$I.match_triggers(integer) is
  'Turns changes into executions; returns how many changes were read, 1 when another server is at it. Any server may call it at any time.';
$make$, v_data, write_match_functions.application_id, torque.lock_number('match',
  write_match_functions.application_id));
end
$$;

comment on function torque.write_match_functions(uuid) is 'Generates an application''s matching.';
