-- Back to executions that nobody can send anything.
drop table torque.xflow_signals;
alter table torque.xflow_executions drop column signal_count;
