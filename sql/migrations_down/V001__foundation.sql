-- Undoes V001: the installation itself. Roles stay; they belong to the cluster.
-- drops: torque.performance_metrics

drop table torque.performance_metrics;
drop table torque.system_config;
drop table torque.directory;
drop table torque.installation;
drop function torque.touch_directory();
drop function torque.to_ts_v1(text);
drop function torque.to_date_v1(text);
drop function torque.digest_v1(text);
drop function torque.uuidv7();
