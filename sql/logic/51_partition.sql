-- Partitions by time: made ahead, kept for as long as the settings say.
--
-- Three periods ahead, at boot and daily. No default partition: it would block
-- the period it has caught. One maintainer at a time; a failure is an alarm of
-- the server's, and a table is left alone when its lock is not to be had soon.

create or replace function torque.period_start(period text, at timestamptz,
  ahead integer default 0) returns timestamptz
language sql immutable
as $$
  select (date_trunc(period_start.period, period_start.at at time zone 'UTC')
    + period_start.ahead * ('1 ' || period_start.period)::interval) at time zone 'UTC'
$$;

comment on function torque.period_start(text, timestamptz,
  integer) is 'The start of a month or year, in UTC, some periods on.';

create or replace function torque.least_uuidv7(at timestamptz) returns uuid
language sql immutable
as $$
  select (lpad(to_hex((extract(epoch from least_uuidv7.at) * 1000)::bigint), 12, '0')
    || repeat('0', 20))::uuid
$$;

comment on function torque.least_uuidv7(timestamptz) is 'No UUIDv7 made from this instant on is less: the border of a partition by id.';

-- Makes the partitions of one table from the current period to three ahead. `by_id`: ranged by
-- UUIDv7 ids.
create or replace function torque.make_table_partitions(parent regclass, period text,
  by_id boolean, at timestamptz)
returns integer
language plpgsql
as $$
#variable_conflict use_column
declare
  v_schema text;
  v_table  text;
  v_name   text;
  v_from   timestamptz;
  v_to     timestamptz;
  v_made   integer := 0;
  v_role   text;
begin
  select n.nspname, c.relname into v_schema, v_table
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid = make_table_partitions.parent;

  for v_ahead in 0..3 loop
    v_from := torque.period_start(make_table_partitions.period, make_table_partitions.at, v_ahead);
    v_to := torque.period_start(make_table_partitions.period, make_table_partitions.at,
      v_ahead + 1);
    v_name := v_table || '_' || to_char(v_from at time zone 'UTC',
      case make_table_partitions.period when 'year' then 'YYYY' else 'YYYY_MM' end);
    continue when to_regclass(format('%I.%I', v_schema, v_name)) is not null;
    execute format('create table %I.%I (like %s including defaults including constraints)',
      v_schema, v_name, make_table_partitions.parent);
    begin
      execute format('alter table %s attach partition %I.%I for values from (%L) to (%L)',
        make_table_partitions.parent, v_schema, v_name,
        case when by_id then torque.least_uuidv7(v_from)::text else v_from::text end,
        case when by_id then torque.least_uuidv7(v_to)::text else v_to::text end);
      v_made := v_made + 1;
    exception when invalid_object_definition then
      -- The application changed from years to months, or back: the period is already covered.
      execute format('drop table %I.%I', v_schema, v_name);
    end;
  end loop;
  return v_made;
end
$$;

-- Drops partitions that end before an instant.
create or replace function torque.drop_old_partitions(parent regclass, before timestamptz,
  by_id boolean default false)
returns integer
language plpgsql
as $$
#variable_conflict use_column
declare
  v_child   record;
  v_end     text;
  v_dropped integer := 0;
begin
  for v_child in
    select c.oid::regclass as name, pg_get_expr(c.relpartbound, c.oid) as bound
    from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
    where i.inhparent = drop_old_partitions.parent
  loop
    v_end := substring(v_child.bound from 'TO \(''([^'']+)''\)');
    if (case when by_id then v_end::uuid <= torque.least_uuidv7(before)
      else v_end::timestamptz <= before end) then
      execute format('alter table %s detach partition %s', drop_old_partitions.parent,
        v_child.name);
      execute format('drop table %s', v_child.name);
      v_dropped := v_dropped + 1;
    end if;
  end loop;
  return v_dropped;
end
$$;

create or replace function torque.make_partitions(application_id uuid,
  at timestamptz default clock_timestamp()) returns integer
language plpgsql
as $$
#variable_conflict use_column
declare
  v_data   text := torque.data_schema(make_partitions.application_id);
  v_period text;
begin
  select case coalesce(a.config ->> 'partitions', torque.setting('history.partitions', 'month'))
    when 'year' then 'year' else 'month' end
  into v_period
  from torque.applications a where a.id = make_partitions.application_id;
  return torque.make_table_partitions(format('%I.changes', v_data)::regclass, v_period, false,
    make_partitions.at)
    + torque.make_table_partitions(format('%I.xflow_execution_history', v_data)::regclass,
      v_period, false, make_partitions.at)
    + torque.make_table_partitions(format('%I.xflow_node_executions', v_data)::regclass, v_period,
      true, make_partitions.at);
end
$$;

comment on function torque.make_partitions(uuid,
  timestamptz) is 'Makes an application''s partitions ahead of time.';

create or replace function torque.maintain_partitions(at timestamptz default clock_timestamp())
  returns jsonb
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '200ms'
as $$
#variable_conflict use_column
declare
  v_application torque.applications;
  v_made        integer := 0;
  v_dropped     integer := 0;
  v_faults      jsonb := '[]';
  v_days        integer;
begin
  if not pg_try_advisory_xact_lock(torque.lock_number('partitions',
    '00000000-0000-0000-0000-000000000000')) then
    return jsonb_build_object('made', 0, 'dropped', 0, 'faults', '[]'::jsonb, 'busy', true);
  end if;

  begin
    v_made := v_made + torque.make_table_partitions('torque.performance_metrics', 'month', false,
      maintain_partitions.at)
      + torque.make_table_partitions('torque.audited_calls', 'month', false,
        maintain_partitions.at);
    v_dropped := v_dropped
      + torque.drop_old_partitions('torque.performance_metrics',
          maintain_partitions.at - torque.setting('metrics.retention_days',
            '90')::integer * interval '1 day')
      + torque.drop_old_partitions('torque.audited_calls',
          maintain_partitions.at - torque.setting('audit.retention_days',
            '400')::integer * interval '1 day');
  exception when others then
    v_faults := v_faults || jsonb_build_object('of', 'torque', 'sqlstate', sqlstate, 'message',
      sqlerrm);
  end;

  for v_application in select * from torque.applications order by id loop
    -- Each application on its own: one that is locked or broken does not keep the others from their
    -- partitions.
    begin
      v_made := v_made + torque.make_partitions(v_application.id, maintain_partitions.at);
      v_days := coalesce(v_application.config ->> 'history_retention_days',
        torque.setting('history.retention_days', null))::integer;
      if v_days is not null then
        v_dropped := v_dropped
          + torque.drop_old_partitions(format('%I.changes', v_application.slug
            || '_data')::regclass,
              maintain_partitions.at - v_days * interval '1 day')
          + torque.drop_old_partitions(format('%I.xflow_execution_history', v_application.slug
            || '_data')::regclass,
              maintain_partitions.at - v_days * interval '1 day');
      end if;
    exception when others then
      v_faults := v_faults || jsonb_build_object('of', v_application.slug, 'sqlstate', sqlstate,
        'message', sqlerrm);
    end;
  end loop;
  return jsonb_build_object('made', v_made, 'dropped', v_dropped, 'faults', v_faults);
end
$$;

comment on function torque.maintain_partitions(timestamptz) is
  'Makes partitions three periods ahead and drops those past their retention: {made, dropped, faults}. Faults are alarms.';
