-- How an application's feed stands: its last position, and what has none yet.
--   {data_schema} the application's own schema
-- A row waits since its transaction wrote it, and no longer than since the last step, which took all
-- that was visible then: an hour of quiet is no lag of what comes after it, nor is a long transaction.
-- The outbox is counted up to a bound: a gauge must not become the slowest statement.
select step.pos as head,
       waiting.count as waiting,
       case when waiting.count = 0 then 0
         else greatest(0, extract(epoch from clock_timestamp() - greatest(waiting.since, step.at)))::float8
       end as lag
from (select s.pos, s.at from {data_schema}.feed_steps s order by s.pos desc limit 1) as step,
     (select count(*) as count, min(o.updated_at) as since
      from (select updated_at from {data_schema}.outbox limit 100000) as o) as waiting
