-- Forgets what a caller keeps under a name.
--   $1 application   $2 caller   $3 name
delete from torque.preferences p
where p.application_id = $1
  and p.caller_id = $2
  and p.name = $3
