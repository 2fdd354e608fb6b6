-- The live entity types of an application.
-- With the storage keys that older versions of the model gave values to.
--   $1 application
select t.id, t.key, t.name, t.label, t.leaf, t.properties,
  array(
    select distinct coalesce(property ->> 'key', property ->> 'id', property ->> 'name')
    from torque.applications a
    join torque.model_versions v on v.model_id = a.model_id
    cross join jsonb_array_elements(v.model_json -> 'entities') as entity
    cross join jsonb_array_elements(entity -> 'properties') as property
    where a.id = t.application_id
      and coalesce(entity ->> 'key', entity ->> 'id') = t.key
  ) as keys_ever
from torque.entity_types t
where t.application_id = $1
  and t.retired_at is null
  and t.model_version is not null
order by t.id
