-- The live relationships of an application.
--   $1 application
select r.key, r.name, r.kind, r.source_type_id, r.target_type_id, r.inverse_name, r.property_key, r.link_table
from torque.relationships r
where r.application_id = $1
  and r.retired_at is null
order by r.key
