-- What `torque doctor` looks at inside the database, a row each.
--   no parameters
select
  'database' as area,
  current_setting('server_version_num')::int >= 150000 as is_well,
  'PostgreSQL is ' || current_setting('server_version') as what,
  'Torque needs PostgreSQL 15 or later' as mend
