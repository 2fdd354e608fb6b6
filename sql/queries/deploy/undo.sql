-- Back to the version that is live.
--   $1 deployment
select torque.undo_deploy($1::uuid)
