-- Undoes V004: entities.
-- drops: torque.entities

drop table torque.entities cascade;
drop function torque.refuse_gathered_write();
