-- How an application's feed stands: its last position, and what has none yet.
--   {data_schema} the application's own schema
-- The outbox is counted up to a bound: a gauge must not become the slowest statement.
select (select pos from {data_schema}.feed_steps order by pos desc limit 1) as head,
       (select at from {data_schema}.feed_steps order by pos desc limit 1) as sequenced_at,
       (select count(*) from (select from {data_schema}.outbox limit 100000) waiting) as waiting
