-- The partitions of the coming periods, for every table that has such.
--   no parameters
select torque.maintain_partitions()
