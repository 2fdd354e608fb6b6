-- Undoes V009: callers, their credentials, their preferences and audited calls.
-- drops: torque.callers, torque.api_keys, torque.sign_in_links, torque.sign_in_sessions
-- drops: torque.audited_calls, torque.preferences

drop view if exists torque.audit_log;
drop table torque.audited_calls;
drop table torque.preferences;
drop table torque.sign_in_sessions;
drop table torque.sign_in_links;
drop table torque.api_keys;
drop table torque.callers;
