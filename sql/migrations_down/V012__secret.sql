-- Undoes V012: secrets of applications.
-- drops: torque.secrets

drop table torque.secrets;
