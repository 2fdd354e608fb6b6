-- Sample data of one entity type; what is there already stays as it is.
--   {leaf} the type's own table   $1 rows: [{"id": …, "data": {…}}]   $2 who writes, from where
insert into {leaf} (id, data)
select (sample.value ->> 'id')::uuid, sample.value -> 'data'
from (select set_config('torque.ctx', $2::text, true)) as context,
  jsonb_array_elements($1::text::jsonb) with ordinality as sample (value, ordinal)
order by sample.ordinal
on conflict do nothing
