-- A step that is done, in the transaction that did it.
--   $1 deployment   $2 ordinal
update torque.deploy_steps
set
  state   = 'done',
  error   = null,
  done_at = now()
where deployment_id = $1::uuid
and ordinal = $2::integer
