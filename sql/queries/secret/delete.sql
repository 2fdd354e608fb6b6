-- Forgets a secret.
--   $1 application   $2 name
delete from torque.secrets where application_id = $1 and name = $2
