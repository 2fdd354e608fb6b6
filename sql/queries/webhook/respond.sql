-- Keeps what was answered to a webhook's request, unless it has been answered already.
--   $1 trigger   $2 firing's key   $3 the answer   $4 its status
with answered as (
  update {data_schema}.trigger_firings f
  set response = $3::text::jsonb
  where f.trigger_id = $1 and f.key = $2 and f.response is null
  returning f.key
), told as (
  update {data_schema}.webhook_deliveries d
  set status = $4
  from answered
  where d.trigger_id = $1 and d.firing_key = answered.key
)
select answered.key from answered
