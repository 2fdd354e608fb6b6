-- Undoes V005: the change feeds, which are history and audit too.
-- drops: torque.changes

drop view if exists torque.audit_log;
drop table torque.changes cascade;
