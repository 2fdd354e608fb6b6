-- What readiness tells about the database.
-- The role sees the transactions of its own kind only, unless it was given pg_monitor.
select coalesce(max(age(a.backend_xmin)), 0)::bigint as oldest_xmin_age,
       coalesce(extract(epoch from max(now() - a.xact_start)), 0)::float8 as oldest_transaction_seconds,
       pg_catalog.pg_notification_queue_usage() as notification_queue_usage,
       (select r.rolsuper or r.rolbypassrls from pg_catalog.pg_roles r where r.rolname = current_user) as role_is_unsafe
from pg_catalog.pg_stat_activity a
where a.datname = current_database()
