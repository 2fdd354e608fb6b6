-- Sample links of one many-to-many relationship; what is there already stays as it is.
--   {link_table} the relationship's own table   $1 rows: [{"source_id": …, "target_id": …, "data": {…}}]
--   $2 who writes, from where
insert into {link_table} (source_id, target_id, data)
select (sample.value ->> 'source_id')::uuid, (sample.value ->> 'target_id')::uuid, sample.value -> 'data'
from (select set_config('torque.ctx', $2::text, true)) as context,
  jsonb_array_elements($1::text::jsonb) with ordinality as sample (value, ordinal)
order by sample.ordinal
on conflict do nothing
