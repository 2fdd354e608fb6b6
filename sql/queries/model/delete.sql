-- A model that is gone from every list; its versions stay until it is purged.
--   $1 model
update torque.models
set deleted_at = now()
where id = $1::uuid
and deleted_at is null
