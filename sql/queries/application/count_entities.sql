-- How many entities an application has, counted: asked before they are deleted.
--   $1 application
select count(*) as entities
from torque.entities
where application_id = $1::uuid
