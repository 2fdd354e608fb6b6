-- A deleted model with its versions, for good.
--   $1 model
delete from torque.models
where id = $1::uuid
and deleted_at is not null
