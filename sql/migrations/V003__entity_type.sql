-- What an application's model has become: entity types, relationships, indexes.
--
-- Written by deploys only. Outside names may change by a later version;
-- storage keys never do, so no row of data is rewritten by a rename.

create table torque.entity_types (
  id                integer     not null generated always as identity,
  application_id    uuid        not null,
  key               text        not null,
  name              text        not null,
  label             text        not null,
  leaf              text        not null,
  definition        jsonb       not null,
  properties        jsonb       not null default '[]',
  access            jsonb       not null default '{}',
  model_version     integer,
  generator_version integer     not null default 0,
  retired_at        timestamptz,

  constraint entity_types_pk                       primary key (id),
  constraint entity_types_key_is_unique            unique (application_id, key),
  constraint entity_types_belong_to_an_application foreign key (application_id)
    references torque.applications (id) on delete cascade
);

create unique index entity_types_name_is_unique_among_live on torque.entity_types (application_id,
  name)
  where retired_at is null and model_version is not null;

comment on table torque.entity_types is 'A kind of thing in an application, and the table (leaf) that holds its entities.';
comment on column torque.entity_types.key is 'Immutable storage key; leaf, functions and indexes are named by it.';
comment on column torque.entity_types.name is 'Outside name: the entity''s id in the model, and its view''s name.';
comment on column torque.entity_types.leaf is 'The leaf, qualified and quoted, ready for a statement.';
comment on column torque.entity_types.definition is 'The entity as the live model version has it.';
comment on column torque.entity_types.properties is
  'In model order: name, key, type, expr, sort_expr, text_search, indexed, unique, … (see sql/logic/30_entity_type.sql).';
comment on column torque.entity_types.model_version is 'Null while a first deploy is still preparing the type.';
comment on column torque.entity_types.generator_version is 'Which generator made the type''s functions; an older one is made again.';

create table torque.relationships (
  id             uuid        not null default torque.uuidv7(),
  application_id uuid        not null,
  key            text        not null,
  name           text        not null,
  kind           text        not null,
  source_type_id integer     not null,
  target_type_id integer     not null,
  inverse_name   text,
  property_key   text,
  link_table     text,
  on_delete      text        not null,
  definition     jsonb       not null default '{}',
  retired_at     timestamptz,

  constraint relationships_pk                    primary key (id),
  constraint relationships_key_is_unique         unique (application_id, key),
  constraint relationships_kind_is_known         check (kind in ('one_to_one', 'one_to_many',
    'many_to_many')),
  constraint relationships_on_delete_is_known    check (on_delete in ('restrict', 'cascade',
    'set_null')),
  constraint relationships_are_a_property_or_a_table check ((property_key is null) <> (link_table is null)),
  constraint relationships_have_a_source         foreign key (source_type_id)
    references torque.entity_types (id) on delete cascade,
  constraint relationships_have_a_target         foreign key (target_type_id)
    references torque.entity_types (id) on delete cascade,
  constraint relationships_belong_to_an_application foreign key (application_id)
    references torque.applications (id) on delete cascade
);

create index relationships_by_source on torque.relationships (source_type_id);
create index relationships_by_target on torque.relationships (target_type_id);

comment on table torque.relationships is
  'Declared connections. To-one: a Reference property of the source type. Many-to-many: a link table.';

create table torque.leaf_indexes (
  index_name     text   not null,
  application_id uuid   not null,
  entity_type_id integer not null,
  kind           text   not null,
  property_keys  text[] not null,

  constraint leaf_indexes_pk                   primary key (index_name),
  constraint leaf_indexes_kind_is_known        check (kind in ('unique', 'value', 'sort', 'search',
    'contains', 'filters')),
  constraint leaf_indexes_serve_an_entity_type foreign key (entity_type_id)
    references torque.entity_types (id) on delete cascade
);

create index leaf_indexes_by_type on torque.leaf_indexes (entity_type_id);

comment on table torque.leaf_indexes is
  'Indexes of leaves and the properties they serve: Postgres reports a duplicate by the index''s name on the leaf.';

create trigger entity_types_touch_the_directory
  after insert or update or delete on torque.entity_types
  for each statement execute function torque.touch_directory();
create trigger relationships_touch_the_directory
  after insert or update or delete on torque.relationships
  for each statement execute function torque.touch_directory();
create trigger leaf_indexes_touch_the_directory
  after insert or update or delete on torque.leaf_indexes
  for each statement execute function torque.touch_directory();
