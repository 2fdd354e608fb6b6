-- Acts as another role for the rest of this connection, which is never shared.
--   $1 the role
select pg_catalog.set_config('role', $1::text, false)
