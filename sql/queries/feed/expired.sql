-- Whether a client that has seen this position comes back too late.
--   {data_schema} the application's own schema   $1 the position
select exists (
  select from {data_schema}.changes c
  where c.pos = $1::bigint + 1
    and c.at < clock_timestamp()
      - torque.setting('feed.cursor_retention_hours', '168')::float8 * interval '1 hour'
) as expired
