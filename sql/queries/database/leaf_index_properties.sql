-- The outside names of the properties that a unique index of a leaf serves.
--   $1 the index's name   $2 the data schema it stands in
select property ->> 'name'
from torque.leaf_indexes as i
join torque.applications as a on a.id = i.application_id
join torque.entity_types as t on t.id = i.entity_type_id
cross join lateral unnest(i.property_keys) with ordinality as k (key, place)
cross join lateral jsonb_array_elements(t.properties) as property
where i.index_name = $1::text
  and a.slug || '_data' = $2::text
  and property ->> 'key' = k.key
order by k.place
