-- Whether the database knows a time zone: it refuses one it does not.
--   $1 time zone
select now() at time zone $1::text as local_time
