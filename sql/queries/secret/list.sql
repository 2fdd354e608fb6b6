-- The secrets of an application, without their values.
--   $1 application
select s.name, s.key_id, torque.datetime_text(s.updated_at) as updated_at, s.updated_by
from torque.secrets s
where s.application_id = $1
order by s.name
