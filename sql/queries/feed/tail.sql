-- The changes after a position, in order.
--   {data_schema} the application's own schema   $1 the position   $2 the most rows
select pos, kind, op, entity_type_id, entity_id, version,
       to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at,
       to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as updated_at,
       data::text as data, old::text as old
from {data_schema}.changes
where pos > $1
order by pos
limit $2
