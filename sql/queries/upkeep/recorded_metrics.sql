-- What the servers recorded, a row a minute and number: counters as their growth a second.
-- Of several servers, what each has of its own is added up; what all see alike is taken once.
--   $1 names   $2 minutes back from now
with recorded as (
  select
    m.metric_type,
    m.metric_name,
    m.labels ->> 'server' as server,
    m.labels - '{server,operation,surface}'::text[] as labels,
    m.recorded_at,
    sum(m.metric_value) as value
  from torque.performance_metrics m
  where m.metric_name = any ($1::text[])
  and m.recorded_at > now() - make_interval(mins => $2::integer + 2)
  group by m.metric_type, m.metric_name, server, m.labels - '{server,operation,surface}'::text[], m.recorded_at
),
grown as (
  select
    r.*,
    extract(epoch from r.recorded_at - lag(r.recorded_at) over each_server)::double precision as seconds,
    -- A server that starts anew begins at zero again.
    r.value - lag(r.value) over each_server as more
  from recorded r
  window each_server as (
    partition by r.metric_name, r.server, r.labels
    order by r.recorded_at
  )
)
select
  g.metric_name,
  g.labels::text as labels,
  extract(epoch from date_bin('1 minute', g.recorded_at, 'epoch'::timestamptz))::double precision as at,
  case
    when g.metric_type = 'counter' then sum(greatest(g.more, 0) / nullif(g.seconds, 0))
    when g.metric_name in ('torque_feed_lag_seconds', 'torque_outbox_rows', 'torque_feed_position') then max(g.value)
    else sum(g.value)
  end as value
from grown g
where g.recorded_at > now() - make_interval(mins => $2::integer)
and (g.metric_type <> 'counter' or g.seconds is not null)
group by g.metric_type, g.metric_name, g.labels, at
order by g.metric_name, g.labels, at
