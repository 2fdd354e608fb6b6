-- Whether nobody else drives a deploy of this application; the lock ends with the connection.
--   $1 application
select pg_try_advisory_lock(hashtextextended('torque deploy ' || $1::text, 0)) as is_ours
