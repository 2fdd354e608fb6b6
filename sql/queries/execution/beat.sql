-- Keeps a worker's leases, and says whether each execution is still its own and shall end.
--   What an effect has locked is kept by that lock and by the next beat.
--   $1 worker   $2 executions   $3 seconds of the lease
with kept as (
  update {data_schema}.xflow_executions e
  set lease_until = now() + $3::integer * interval '1 second'
  from (
    select h.id from {data_schema}.xflow_executions h
    where h.id = any ($2) and h.worker = $1 and h.status = 'running'
    order by h.id
    for update skip locked
  ) held
  where e.id = held.id
)
select e.id, e.worker is not distinct from $1 and e.status = 'running' as is_held, e.cancelled_at is not null as shall_end
from {data_schema}.xflow_executions e
where e.id = any ($2)
