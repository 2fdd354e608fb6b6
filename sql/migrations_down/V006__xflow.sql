-- Undoes V006: xflows.
-- drops: torque.xflows

drop table torque.xflows cascade;
