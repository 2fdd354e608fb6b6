-- Undoes V008: what starts executions, and what has fired.
-- drops: torque.xflow_triggers, torque.trigger_firings

drop table torque.trigger_firings cascade;
drop table torque.xflow_triggers cascade;
