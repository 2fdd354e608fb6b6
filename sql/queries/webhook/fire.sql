-- A request to a webhook becomes an execution, once for each key.
--   $1 trigger's key   $2 firing's key   $3 the new execution   $4 input   $5 trigger data   $6 delivery's id
--   $7 size of the body   $8 the request, to be replayed, or null   $9 worker that runs it, or null
--   $10 seconds of the lease   $11 how many deliveries are kept
with found as (
  select t.id, t.xflow_id from {data_schema}.xflow_triggers t
  where t.key = $1 and t.enabled
), fired as (
  insert into {data_schema}.trigger_firings (trigger_id, key, execution_id)
  select found.id, $2, $3 from found
  on conflict do nothing
  returning trigger_id
), made as (
  insert into {data_schema}.xflow_executions (id, xflow_id, trigger_id, trigger_type, trigger_data, input_data, caller, root,
    priority, model_version, status, worker, fence, attempts, lease_until, started_at)
  select $3, x.id, found.id, 'webhook', $5::text::jsonb || jsonb_build_object('trigger_id', found.id, 'key', $2),
    $4::text::jsonb, 'webhook', $3::uuid::text, x.priority,
    x.model_version, case when $9::uuid is null then 'waiting' else 'running' end, $9,
    case when $9::uuid is null then 0 else 1 end, case when $9::uuid is null then 0 else 1 end,
    case when $9::uuid is not null then now() + $10::integer * interval '1 second' end,
    case when $9::uuid is not null then now() end
  from fired
  join found on found.id = fired.trigger_id
  join torque.xflows x on x.id = found.xflow_id
  returning xflow_id
), delivered as (
  insert into {data_schema}.webhook_deliveries (id, trigger_id, execution_id, firing_key, status, size, request)
  select $6, fired.trigger_id, $3, $2, 202, $7, $8::text::jsonb
  from fired
), dropped as (
  delete from {data_schema}.webhook_deliveries d
  where d.id in (
    select o.id from {data_schema}.webhook_deliveries o
    join fired on fired.trigger_id = o.trigger_id
    where o.execution_id is not null
    order by o.id desc
    offset $11::bigint - 1
    for update of o skip locked)
)
select (select found.id from found) as trigger_id, (select made.xflow_id from made) as xflow_id,
  (extract(epoch from now()) * 1000)::bigint as now_ms
