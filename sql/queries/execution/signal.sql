-- Sends an execution a signal, once for each id.
--   What waits is due at once, unless it waits to be tried again.
--   Its count is in the row that parking locks: a signal that comes meanwhile is not missed.
--   $1 execution   $2 the signal's id   $3 name   $4 data   $5 who sends it   $6 how many it may have been sent
with found as materialized (
  select e.id, e.status, e.signal_count from {data_schema}.xflow_executions e where e.id = $1 for update
), sent as (
  insert into {data_schema}.xflow_signals (execution_id, id, name, data, sent_by)
  select found.id, $2, $3, $4::text::jsonb, $5 from found
  where found.status <> 'blocked' and found.signal_count < $6
  on conflict on constraint xflow_signals_pk do nothing
  returning execution_id
), woken as (
  update {data_schema}.xflow_executions e
  set signal_count = e.signal_count + 1,
    run_at = case when e.status = 'waiting' and e.error_data is null then least(e.run_at, now()) else e.run_at end
  from sent where e.id = sent.execution_id
)
select found.status, exists (select from sent) as is_new,
  exists (select from {data_schema}.xflow_signals s where s.execution_id = $1 and s.id = $2) as is_known
from found
