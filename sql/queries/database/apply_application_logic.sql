-- Makes anew the functions that stand in an application's own schema.
--   $1 the application
select torque.apply_application_logic($1::uuid)
