-- Documents of xflows, by the rows that executions began with.
--   $1 rows
select x.id, x.key, x.dag_json from torque.xflows x where x.id = any ($1)
