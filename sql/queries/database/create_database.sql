-- The database that Torque makes in its embedded cluster.
--   no parameters
create database torque
