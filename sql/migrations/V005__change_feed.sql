-- The parent of every application's changes.
--
-- Each application has its own `changes` table, partitioned by time, in its
-- data schema, and its own outbox and sequencer beside it; this table gathers
-- them for administrators and for torque.audit_log.

create table torque.changes (
  application_id uuid        not null,
  pos            bigint      not null,
  at             timestamptz not null,
  txn            xid8        not null,
  last           boolean     not null,
  kind           text        not null,
  entity_type_id integer,
  entity_id      uuid,
  op             text        not null,
  version        bigint,
  data           jsonb,
  old            jsonb,
  created_at     timestamptz,
  updated_at     timestamptz,
  caller         text,
  origin         text,
  cause          text
) partition by list (application_id);

comment on table torque.changes is
  'Committed events of every application: live feed, history and audit in one. Written by sequencers only.';
comment on column torque.changes.pos is 'Dense position in the application''s feed: 1, 2, 3, … without gaps.';
comment on column torque.changes.at is 'The sequencer''s clock; never goes backwards as pos grows.';
comment on column torque.changes.last is 'The end of its transaction; false on the last row of a transaction that was cut.';
comment on column torque.changes.kind is 'entity, link, model or application.';
comment on column torque.changes.op is 'create, update, delete, truncate, link, unlink or deploy.';
comment on column torque.changes.old is 'Previous values of the keys that changed (null: absent before); for deletes the whole row.';
comment on column torque.changes.updated_at is 'The entity''s own times after the change, as created_at; null for deletes.';
comment on column torque.changes.cause is 'root:execution:depth when an execution made the change.';
