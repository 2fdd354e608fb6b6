-- What a webhook's request started when it came first; counts that it came again.
--   $1 trigger   $2 firing's key
with again as (
  update {data_schema}.webhook_deliveries d
  set times = d.times + 1
  where d.trigger_id = $1 and d.firing_key = $2
)
select f.execution_id, f.response from {data_schema}.trigger_firings f
where f.trigger_id = $1 and f.key = $2
