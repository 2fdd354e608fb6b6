-- The last position given, and the life of this database.
--   {data_schema} the application's own schema
select coalesce((select pos from {data_schema}.feed_steps order by pos desc limit 1), 0) as head,
       torque.current_epoch() as epoch
