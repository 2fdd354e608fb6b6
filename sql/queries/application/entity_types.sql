-- The live entity types of an application, with the names and keys of their properties.
--   $1 application
select name, leaf, properties::text as properties
from torque.entity_types
where application_id = $1::uuid
and retired_at is null
and model_version is not null
order by id
