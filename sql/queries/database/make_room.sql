-- Takes away what comes with the roles and is empty yet: the backup brings its own.
--   no parameters
drop schema if exists torque cascade
