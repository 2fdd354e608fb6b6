-- A deployment that has come to its end, one way or the other.
--   $1 deployment   $2 state   $3 error
update torque.deployments
set
  state       = $2::text,
  error       = $3::text::jsonb,
  finished_at = now()
where id = $1::uuid
and state <> 'succeeded'
