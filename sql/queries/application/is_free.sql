-- Whether neither an application nor a schema has a slug's names.
--   $1 slug
select
  not exists (select from torque.applications a where a.slug = $1::text)
  and not exists (
    select
    from pg_catalog.pg_namespace n
    where n.nspname in ($1::text, $1::text || '_data')
  ) as is_free
