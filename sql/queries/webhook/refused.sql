-- Keeps that a webhook refused a request, without what it held, and forgets the older ones.
--   $1 trigger's key   $2 delivery's id   $3 status   $4 size of the body   $5 why   $6 how many are kept
with found as (
  select t.id from {data_schema}.xflow_triggers t where t.key = $1
), kept as (
  insert into {data_schema}.webhook_deliveries (id, trigger_id, status, size, error)
  select $2, found.id, $3, $4, $5 from found
)
delete from {data_schema}.webhook_deliveries d
where d.id in (
  select o.id from {data_schema}.webhook_deliveries o
  join found on found.id = o.trigger_id
  where o.execution_id is null
  order by o.id desc
  offset $6::bigint - 1
  for update of o skip locked)
