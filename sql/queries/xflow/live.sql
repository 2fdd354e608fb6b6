-- The row of an xflow as the live version of the model has it.
--   $1 application   $2 the xflow's id in the model   $3 model version
select x.id from torque.xflows x
where x.application_id = $1 and x.key = $2 and x.model_version = $3
