-- Lets the next installer in.
--   no parameters
select pg_catalog.pg_advisory_unlock(8453911572046307123)
