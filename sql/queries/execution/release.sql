-- Gives back what a worker that stops has not finished; it does not count as an attempt.
--   $1 worker
update {data_schema}.xflow_executions e
set status = 'waiting', worker = null, lease_until = null, run_at = now(), attempts = greatest(e.attempts - 1, 0)
where e.worker = $1 and e.status = 'running' and not e.is_direct
