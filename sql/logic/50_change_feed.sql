-- The change feed: writers append to an outbox, a sequencer gives positions after commit.
--
-- Identity values are handed out before commit, so a reader that remembers the
-- highest it saw loses slower transactions (28–30 % with 12 writers). Writers
-- therefore only append, carrying their transaction's id; sequence_changes takes
-- what has become visible since its previous step and gives it dense positions.
-- The steps are append-only and each scan has one index that can serve it: with a
-- snapshot held open every form that updates a head row or walks from the lowest
-- id collapses; this one holds 14,300 inserts/s with 32 writers.
-- NOTIFY is sent by the sequencer, once a step: in writers' transactions commits
-- would queue for one lock (0.02–0.34 of plain). Writers notify only while the
-- bell is armed, which servers do after two quiet seconds, and a server's own
-- writes not even then: it steps after them by itself.
-- No expression of a user's runs here; matching is a step of its own (70).

create or replace function torque.make_feed_tables(application_id uuid) returns void
language plpgsql
as $$
declare
  v_data   text := torque.data_schema(make_feed_tables.application_id);
  v_server text := torque.role('server');
  v_views  text := torque.role('views');
begin
  execute format($ddl$
    create table %1$I.outbox (
      id             bigint generated always as identity,
      xid            xid8    not null default pg_current_xact_id(),
      kind           text    not null default 'entity',
      entity_type_id integer,
      entity_id      uuid,
      op             text    not null,
      version        bigint,
      data           jsonb,
      old            jsonb,
      created_at     timestamptz,
      updated_at     timestamptz,
      caller         text,
      origin         text,
      cause          text,
      constraint outbox_pk primary key (id)
    ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
            autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0,
              autovacuum_analyze_threshold = 5000);
    create index outbox_xid on %1$I.outbox (xid);
    comment on table %1$I.outbox is 'Changes that have no position yet.';

    create table %1$I.feed_steps (
      pos  bigint      not null,
      at   timestamptz not null default clock_timestamp(),
      hi   bigint      not null,
      snap pg_snapshot not null,
      constraint feed_steps_pk primary key (pos)
    );
    comment on table %1$I.feed_steps is
      'What the sequencer has done, a row a step: last position given, highest outbox id taken, what was visible then.';
    insert into %1$I.feed_steps (pos, hi, snap) values (0, 0, '1:1:');

    create table %1$I.changes (like torque.changes including comments) partition by range (at);
    alter table %1$I.changes alter column application_id set default %2$L;
    alter table %1$I.changes add constraint changes_pk primary key (pos, at);
    create index changes_by_entity on %1$I.changes (entity_type_id, entity_id, pos);
    comment on table %1$I.changes is 'The application''s change feed, history and audit.';
    alter table torque.changes attach partition %1$I.changes for values in (%2$L);

    create table %1$I.counters (
      entity_type_id integer not null,
      total          bigint  not null,
      constraint counters_pk primary key (entity_type_id)
    ) with (fillfactor = 50);
    comment on table %1$I.counters is 'Entities by type; exact together with the deltas not yet folded in.';

    create table %1$I.counter_deltas (
      entity_type_id integer not null,
      delta          bigint  not null
    ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
            autovacuum_vacuum_cost_delay = 0);
    create index counter_deltas_by_type on %1$I.counter_deltas (entity_type_id) include (delta);
    comment on table %1$I.counter_deltas is 'One row a statement that made or removed entities.';

    create sequence %1$I.bell minvalue 1 maxvalue 2 start 1;
    select setval('%1$I.bell', 1);
    comment on sequence %1$I.bell is
      '2 while servers sleep and want a NOTIFY from writers, else 1. Writers only read it: a rollback cannot lose a ring.';

    create table %1$I.idempotency_keys (
      caller      text        not null,
      key         text        not null,
      fingerprint text        not null,
      reply       text,
      at          timestamptz not null default now(),
      constraint idempotency_keys_pk primary key (caller, key)
    );
    create index idempotency_keys_by_age on %1$I.idempotency_keys (at);
    comment on table %1$I.idempotency_keys is 'Replies to writes that may be sent again.';

    grant usage on schema %1$I to %3$I, %4$I;
    grant create on schema %1$I to %4$I;
    grant select, insert on %1$I.outbox to %3$I, %4$I;
    grant select on sequence %1$I.outbox_id_seq to %3$I;
    grant select, insert on %1$I.counter_deltas to %3$I, %4$I;
    grant select on %1$I.bell to %4$I;
    grant update, select on %1$I.bell to %3$I;
    grant select on %1$I.changes, %1$I.feed_steps, %1$I.counters to %3$I;
    grant select, insert, update, delete on %1$I.idempotency_keys to %3$I;
  $ddl$, v_data, make_feed_tables.application_id, v_server, v_views);
end
$$;

comment on column torque.changes.updated_at is
  'When it was changed: of an entity or a link its own time after the change, of what is gone the time it went.';

comment on function torque.make_feed_tables(uuid) is 'Makes what a new application needs to record changes.';

create or replace function torque.write_feed_functions(application_id uuid) returns void
language plpgsql
as $$
declare
  v_data text := torque.data_schema(write_feed_functions.application_id);
begin
  perform torque.write_record_functions(write_feed_functions.application_id);

  execute format($make$
create or replace function %1$I.sequence_changes(max_rows integer) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- Statistics of queues flap: one index can serve each scan, and nothing else may be chosen.
set enable_seqscan = off set enable_bitmapscan = off set jit = off
as $body$
-- Made by Torque from one template for every application (sql/logic/50_change_feed.sql).
declare
  v_last  %1$I.feed_steps;
  v_open  xid8[];        -- transactions in flight at the last step
  v_next  xid8;          -- the first transaction that had not begun then
  v_ids   bigint[];
  v_hi    bigint;
  v_snap  pg_snapshot;
  v_at    timestamptz;
  v_count bigint;
begin
  select * into v_last from %1$I.feed_steps order by pos desc limit 1;
  v_open := array(select pg_snapshot_xip(v_last.snap));
  v_next := pg_snapshot_xmax(v_last.snap);
  -- Idle costs no lock, no transaction id, no WAL.
  if not exists (select from %1$I.outbox where id > v_last.hi)
     and not exists (select from %1$I.outbox where xid = any (v_open))
     and not exists (select from %1$I.outbox where xid >= v_next) then
    return 0;
  end if;

  -- Whoever is second leaves it to the first, which steps again: waiting would hold up a shared
  -- connection, and with it the other applications' steps.
  if not pg_try_advisory_xact_lock(%3$s) then
    return 0;
  end if;
  -- The commit queues for the lock of NOTIFY, which on a busy machine takes longer than the role
  -- gives a single statement: local, so that it still holds then.
  perform set_config('lock_timeout', '2s', true);
  select * into v_last from %1$I.feed_steps order by pos desc limit 1;
  v_open := array(select pg_snapshot_xip(v_last.snap));
  v_next := pg_snapshot_xmax(v_last.snap);

  -- Ids already passed whose transactions were not visible at the last step, then new ids. The
  -- snapshot is this statement's: what it sees is taken, what it does not see is late next time.
  select array_agg(id), max(id), pg_current_snapshot()
  into v_ids, v_hi, v_snap
  from (
    select id from %1$I.outbox where xid = any (v_open) and id <= v_last.hi
    union all
    select id from %1$I.outbox where xid >= v_next and id <= v_last.hi
    union all
    (select id from %1$I.outbox where id > v_last.hi order by id limit max_rows)
  ) waiting;
  if v_ids is null then
    return 0;
  end if;

  -- The clock may be set back; `at` may not.
  v_at := greatest(clock_timestamp(), v_last.at);
  v_hi := greatest(v_hi, v_last.hi);
  -- A transaction of more rows than a step takes is cut: its end is marked in the step that reaches
  -- it.
  insert into %1$I.changes (application_id, pos, at, txn, last, kind, entity_type_id, entity_id,
    op, version,
    data, old, created_at, updated_at, caller, origin, cause)
  select %2$L, v_last.pos + row_number() over (order by last_id, id), v_at,
    xid, id = last_id and not exists (select from %1$I.outbox later where later.xid = taken.xid
      and later.id > v_hi),
    kind, entity_type_id, entity_id, op, version, data, old, created_at, updated_at, caller,
      origin, cause
  from (
    select *, max(id) over (partition by xid) as last_id
    from %1$I.outbox
    where id = any (v_ids)
  ) taken;
  get diagnostics v_count = row_count;

  delete from %1$I.outbox where id = any (v_ids);
  insert into %1$I.feed_steps (pos, at, hi, snap) values (v_last.pos + v_count, v_at, v_hi, v_snap);
  perform pg_notify('torque', %2$L);
  return v_count;
end
$body$;
comment on function %1$I.sequence_changes(integer) is
  'Gives positions to changes that have become visible. Any server may call it at any time; returns how many.';

create or replace function %1$I.fold_counters() returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $body$
-- Made by Torque from one template for every application (sql/logic/50_change_feed.sql).
declare
  v_count bigint;
begin
  if not exists (select from %1$I.counter_deltas) then
    return 0;
  end if;
  -- Whoever is second leaves it to the first: waiting would only find nothing to fold.
  if not pg_try_advisory_xact_lock(%4$s) then
    return 0;
  end if;
  -- One statement, one snapshot: a reader sees the deltas or the total that holds them, never both
  -- or neither.
  with folded as (
    delete from %1$I.counter_deltas returning entity_type_id, delta
  ), summed as (
    select entity_type_id, sum(delta) as delta, count(*) as folded_rows
      from folded group by entity_type_id
  ), written as (
    insert into %1$I.counters as c (entity_type_id, total)
    select entity_type_id, delta from summed
    on conflict (entity_type_id) do update set total = c.total + excluded.total
    returning 1
  )
  select sum(folded_rows) into v_count from summed;
  return v_count;
end
$body$;
comment on function %1$I.fold_counters() is 'Adds the deltas to the counters; servers call it once a second.';

create or replace function %1$I.prune() returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $body$
-- Made by Torque from one template for every application (sql/logic/50_change_feed.sql).
declare
  v_count bigint;
  v_total bigint := 0;
begin
  delete from %1$I.feed_steps
  where at < now() - torque.setting('feed.step_retention_minutes',
    '60')::integer * interval '1 minute'
    and pos < (select max(pos) from %1$I.feed_steps);
  get diagnostics v_count = row_count;
  v_total := v_total + v_count;
  delete from %1$I.match_steps
  where at < now() - torque.setting('feed.step_retention_minutes',
    '60')::integer * interval '1 minute'
    and pos < (select max(pos) from %1$I.match_steps);
  get diagnostics v_count = row_count;
  v_total := v_total + v_count;
  delete from %1$I.idempotency_keys where ctid = any (array(
    select ctid from %1$I.idempotency_keys
    where at < now() - torque.setting('idempotency.retention_hours',
      '24')::integer * interval '1 hour'
    limit 10000));
  get diagnostics v_count = row_count;
  v_total := v_total + v_count;
  delete from %1$I.trigger_firings where ctid = any (array(
    select ctid from %1$I.trigger_firings
    where fired_at < now() - torque.setting('trigger.firing_retention_days',
      '90')::integer * interval '1 day'
    limit 10000));
  get diagnostics v_count = row_count;
  v_total := v_total + v_count;
  delete from torque.kept_values where ctid = any (array(
    select ctid from torque.kept_values where application_id = %2$L and expires_at < now()
    limit 10000));
  get diagnostics v_count = row_count;
  v_total := v_total + v_count;
  delete from %1$I.xflow_signals where ctid = any (array(
    select s.ctid from %1$I.xflow_signals s
    where s.sent_at < now() - interval '1 hour'
      and not exists (select from %1$I.xflow_executions e where e.id = s.execution_id)
    limit 10000));
  get diagnostics v_count = row_count;
  return v_total + v_count;
end
$body$;
comment on function %1$I.prune() is 'Removes steps, idempotency keys, firings and signals past their retention, in bounded batches.';
$make$,
    v_data, write_feed_functions.application_id,
    torque.lock_number('sequence', write_feed_functions.application_id),
    torque.lock_number('fold', write_feed_functions.application_id));
end
$$;

comment on function torque.write_feed_functions(uuid) is 'Generates an application''s feed functions.';

create or replace function torque.lock_number(purpose text, application_id uuid) returns bigint
language sql immutable
as $$ select hashtextextended(lock_number.purpose || ':' || lock_number.application_id, 7463001) $$;

comment on function torque.lock_number(text, uuid) is 'The number of an application''s transaction-level advisory lock.';
