-- An application with everything it owns, for good.
--   $1 application
select torque.drop_application($1::uuid)
