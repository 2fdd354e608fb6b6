-- Records what this server measured in the last minute.
--   $1 metric types   $2 metric names   $3 values   $4 labels, JSON objects
insert into torque.performance_metrics (metric_type, metric_name, metric_value, labels)
select measure.metric_type, measure.metric_name, measure.metric_value, measure.labels::jsonb
from unnest($1::text[], $2::text[], $3::double precision[], $4::text[])
  as measure (metric_type, metric_name, metric_value, labels)
