-- An application that runs, or answers nobody.
--   $1 application   $2 running or stopped
update torque.applications
set
  status     = $2::text,
  updated_at = now()
where id = $1::uuid
