-- Whether there has ever been a model, deleted ones included.
--   no parameters
select exists (select from torque.models)
