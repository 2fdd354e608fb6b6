-- Claims waiting executions that are due: the higher priority first, then those due the longest.
--   The priorities are walked one by one, so that parked executions of one do not stand before those of another.
--   $1 worker   $2 how many at most   $3 seconds of the lease
with recursive priorities (priority) as (
  (select e.priority from {data_schema}.xflow_executions e where e.status = 'waiting' order by e.priority desc limit 1)
  union all
  select (
    select e.priority from {data_schema}.xflow_executions e
    where e.status = 'waiting' and e.priority < p.priority
    order by e.priority desc limit 1)
  from priorities p
  where p.priority is not null
), due as materialized (
  select found.id
  from priorities p
  cross join lateral (
    select e.id from {data_schema}.xflow_executions e
    where e.status = 'waiting' and e.priority = p.priority and e.run_at <= now()
    order by e.run_at, e.id
    limit $2
    for update skip locked
  ) found
  limit $2
)
update {data_schema}.xflow_executions e
set status = 'running', worker = $1, fence = e.fence + 1, attempts = e.attempts + 1,
  lease_until = now() + $3::integer * interval '1 second', started_at = coalesce(e.started_at, now())
from due
where e.id = due.id
returning e.id, e.fence, e.xflow_id, e.trigger_type, e.trigger_data, e.input_data, e.root, e.depth, e.attempts,
  e.caller, e.is_direct, e.signal_count, e.running_ms, e.fence > 1 or e.retry_of is not null as has_journal,
  (extract(epoch from now()) * 1000)::bigint as now_ms
