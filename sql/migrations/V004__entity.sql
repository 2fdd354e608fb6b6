-- Entities: the rows an application's users care about.
--
-- One list partition per entity type, the leaf, which stands in its
-- application's data schema, so that a type's rows, statistics, indexes and
-- vacuum are its own (hash partitions with partial indexes took five times as
-- long per insert). This parent only gathers leaves for administrators' reads:
-- nothing on a hot path names it, and it refuses writes.
-- No primary key here: each leaf has its own on id alone, which is what
-- look-ups, link tables and `on conflict` need; through the parent it would
-- have to carry entity_type_id.
-- No foreign key to torque.entity_types: deleting a type detaches its leaf and
-- drops it later, which a cascade cannot.

create table torque.entities (
  application_id uuid        not null,
  entity_type_id integer     not null,
  id             uuid        not null default torque.uuidv7(),
  data           jsonb       not null default '{}',
  version        bigint      not null default 1,
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),

  constraint entities_data_is_object check (jsonb_typeof(data) = 'object')
) partition by list (entity_type_id);

comment on table torque.entities is 'Gathers every application''s leaves, to be read by administrators.';
comment on column torque.entities.data is 'Values by storage key; null and absent are the same, so nulls are not stored.';
comment on column torque.entities.version is
  'Grows by one with every update; the optimistic lock a caller sends back.';

create function torque.refuse_gathered_write() returns trigger
language plpgsql
as $$
begin
  raise exception '%.% only gathers: write to the application''s own table or view',
    tg_table_schema, tg_table_name
    using errcode = 'TQ403', detail = '{}';
end
$$;

comment on function torque.refuse_gathered_write() is 'A write through a gathering parent would pass no validator and no feed.';

create trigger entities_are_only_gathered
  before insert or update or delete or truncate on torque.entities
  for each statement execute function torque.refuse_gathered_write();
