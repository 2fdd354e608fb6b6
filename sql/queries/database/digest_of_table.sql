-- What a table holds, in a line: as many rows, with this sum of their hashes.
--   {leaf} the table
select count(*)::text || ' rows, ' || coalesce(sum(hashtextextended(row_of::text, 0)::numeric), 0)::text
from only {leaf} as row_of
