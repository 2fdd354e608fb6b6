-- What executions were sent, in the order of its arrival.
--   $1 executions
select s.execution_id, s.id, s.name, s.data, s.sent_by, torque.datetime_text(s.sent_at) as sent_at
from {data_schema}.xflow_signals s
where s.execution_id = any ($1)
order by s.sent_at, s.id
