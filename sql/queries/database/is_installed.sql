-- Whether any migration of Torque's has been applied here.
--   no parameters
select to_regclass('torque.migrations') is not null and to_regclass('torque.installation') is not null
