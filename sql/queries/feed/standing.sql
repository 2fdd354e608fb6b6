-- How an application's feed stands: its last position, and what has none yet.
--   {data_schema} the application's own schema
-- The outbox is counted up to a bound: a gauge must not become the slowest statement.
select (select s.pos from {data_schema}.feed_steps s order by s.pos desc limit 1) as head,
       (select extract(epoch from clock_timestamp() - s.at)::float8
        from {data_schema}.feed_steps s order by s.pos desc limit 1) as since_step,
       (select count(*) from (select from {data_schema}.outbox limit 100000) as o) as waiting
