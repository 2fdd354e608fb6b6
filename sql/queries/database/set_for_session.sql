-- A setting for the rest of this connection, which is never shared.
--   $1 the setting   $2 its value
select pg_catalog.set_config($1::text, $2::text, false)
