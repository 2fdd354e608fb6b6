-- One installer at a time in this database; the number is Torque's own.
--   no parameters
select pg_catalog.pg_advisory_lock(8453911572046307123)
