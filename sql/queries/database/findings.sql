-- What `torque doctor` looks at inside the database, a row each.
--   no parameters
with range_tables as (
  select n.nspname || '.' || c.relname as name,
    exists (
      select
      from pg_catalog.pg_inherits as i
      join pg_catalog.pg_class as p on p.oid = i.inhrelid
      where i.inhparent = c.oid
        and p.relname in (
          c.relname || to_char(now() at time zone 'UTC' + interval '1 month', '_YYYY_MM'),
          c.relname || to_char(now() at time zone 'UTC' + interval '1 year', '_YYYY'))
    ) as is_ahead
  from pg_catalog.pg_partitioned_table as t
  join pg_catalog.pg_class as c on c.oid = t.partrelid
  join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
  where t.partstrat = 'r'
    and (n.nspname = 'torque' or n.nspname in (select a.slug || '_data' from torque.applications as a))
),
outboxes as (
  select a.slug,
    (xpath('/row/n/text()', query_to_xml(
      format('select count(*) as n from (select from %I.outbox limit 10001) as o', a.slug || '_data'),
      false, true, '')))[1]::text::int as rows
  from torque.applications as a
  where a.deleted_at is null
    and to_regclass(format('%I.outbox', a.slug || '_data')) is not null
),
invalid_indexes as (
  select string_agg(i.indexrelid::regclass::text, ', ') as names
  from pg_catalog.pg_index as i
  join pg_catalog.pg_class as c on c.oid = i.indrelid
  join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
  where not i.indisvalid
    and n.nspname in (select a.slug || '_data' from torque.applications as a)
),
deploys as (
  select string_agg(a.slug || ' to version ' || d.version, ', ') as names
  from torque.deployments as d
  join torque.applications as a on a.id = d.application_id
  where d.state in ('planned', 'running', 'failed')
    and d.created_at < now() - interval '10 minutes'
    and a.deleted_at is null
),
old_transactions as (
  select string_agg(s.pid || ' (' || coalesce(s.usename, 'somebody') || ')', ', ') as names
  from pg_catalog.pg_stat_activity as s
  where s.datname = current_database()
    and s.xact_start < now() - interval '5 minutes'
    and s.pid <> pg_backend_pid()
),
locks as (
  select current_setting('max_locks_per_transaction')::bigint as per_transaction,
    current_setting('max_connections')::bigint as connections,
    (
      select count(*)
      from pg_catalog.pg_class as c
      join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      where c.relkind in ('r', 'i')
        and n.nspname in (select a.slug || '_data' from torque.applications as a)
    ) as relations
)
select 'database' as area, current_setting('server_version_num')::int >= 150000 as is_well,
  'PostgreSQL is ' || current_setting('server_version') as what,
  'Torque needs PostgreSQL 15 or later: move the database to one' as mend
union all
select 'database', current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on',
  'fsync is ' || current_setting('fsync') || ', full_page_writes is ' || current_setting('full_page_writes'),
  'set both to on: without them a power cut loses data'
union all
select 'database', names is null, coalesce('transactions open for minutes: ' || names, 'no transaction is open for minutes'),
  'find out what they do; select pg_terminate_backend(pid) ends one'
from old_transactions
union all
select 'database', count(*) = 0, count(*) || ' prepared transactions are left open',
  'commit prepared or rollback prepared each of pg_prepared_xacts'
from pg_catalog.pg_prepared_xacts
where database = current_database()
union all
select 'database', names is null, coalesce('invalid indexes: ' || names, 'every index is valid'),
  'drop them and deploy the application again'
from invalid_indexes
union all
select 'partitions', coalesce(bool_and(is_ahead), true),
  coalesce(
    'no partition for the coming period: ' || string_agg(name, ', ') filter (where not is_ahead),
    count(*) || ' tables have their partitions ahead'),
  'select torque.maintain_partitions() says why; a running server does it daily'
from range_tables
union all
select 'feed', rows <= 10000,
  format('%s: %s changes wait for their position', slug, case when rows > 10000 then 'more than 10000' else rows::text end),
  'start a server, or see its log and /health/ready'
from outboxes
union all
select 'deploys', names is null, coalesce('not finished: ' || names, 'no deploy is unfinished'),
  'torque app deploy goes on with it or undoes it'
from deploys
union all
select 'settings', per_transaction * connections >= relations,
  format('max_locks_per_transaction is %s with %s connections, for %s tables and indexes', per_transaction, connections,
    relations),
  format('set max_locks_per_transaction to %s or more, and restart PostgreSQL', relations / connections + 64)
from locks
union all
select 'search', exists (select from pg_catalog.pg_extension where extname = 'pg_trgm'),
  case when exists (select from pg_catalog.pg_extension where extname = 'pg_trgm')
    then 'pg_trgm is there: searchable text has its indexes'
    else 'pg_trgm is not installed: searching reads every row' end,
  'install PostgreSQL''s contrib package, then torque migrate --up'
