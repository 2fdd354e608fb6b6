-- In how many milliseconds the next waiting execution is due; null when none waits.
select (extract(epoch from min(first.run_at) - now()) * 1000)::bigint as milliseconds
from generate_series(0, 10) as p (priority)
cross join lateral (
  select e.run_at from {data_schema}.xflow_executions e
  where e.status = 'waiting' and e.priority = p.priority
  order by e.run_at limit 1
) first
