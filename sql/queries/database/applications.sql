-- Every application that has a schema, stopped ones included.
--   no parameters
select id
from torque.applications
where deleted_at is null
order by id
