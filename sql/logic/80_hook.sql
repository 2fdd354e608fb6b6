-- What administrators read over all applications: relationships and the audit log.
--
-- Views with the columns of the specification. They gather; nothing on a hot
-- path reads them.

create or replace function torque.list_relationships(of_application uuid default null)
returns table (
  id uuid, application_id uuid, source_entity_id uuid, target_entity_id uuid,
    relationship_type text,
  relationship_data jsonb, created_at timestamptz
)
language plpgsql stable
as $$
declare
  v_relationship record;
begin
  for v_relationship in
    select r.*, t.leaf
    from torque.relationships r join torque.entity_types t on t.id = r.source_type_id
    where r.retired_at is null
      and (list_relationships.of_application is null
        or r.application_id = list_relationships.of_application)
    order by r.application_id, r.key
  loop
    if v_relationship.link_table is null then
      return query execute format(
        'select md5(%1$L || e.id::text)::uuid, %2$L::uuid, e.id, (e.data->>%3$L)::uuid, %4$L::text, ''{}''::jsonb, e.created_at
         from %5$s e where e.data ? %3$L',
        v_relationship.id, v_relationship.application_id, v_relationship.property_key,
          v_relationship.name, v_relationship.leaf);
    else
      return query execute format(
        'select md5(%1$L || l.source_id::text || l.target_id::text)::uuid, %2$L::uuid, l.source_id, l.target_id, %3$L::text,
           l.data, l.created_at
         from %4$s l',
        v_relationship.id, v_relationship.application_id, v_relationship.name,
          v_relationship.link_table);
    end if;
  end loop;
end
$$;

comment on function torque.list_relationships(uuid) is 'Every connection between entities, of one application or of all.';

create or replace view torque.entity_relationships as
  select id, source_entity_id, target_entity_id, relationship_type, relationship_data, created_at,
    application_id
  from torque.list_relationships();

comment on view torque.entity_relationships is
  'To-one and many-to-many connections alike. Kept nowhere: read from Reference properties and link tables.';

create or replace view torque.audit_log as
  select
    md5(c.application_id::text || ':' || c.pos::text)::uuid as id,
    coalesce(t.name, c.kind) as entity_type,
    c.entity_id,
    c.op as operation,
    c.old as old_data,
    c.data as new_data,
    c.caller as user_id,
    c.at as created_at,
    c.application_id,
    c.pos,
    c.origin,
    c.cause
  from torque.changes c
  left join torque.entity_types t on t.id = c.entity_type_id
  union all
  select a.id, a.entity_type, a.entity_id, a.operation, null, a.details, a.caller, a.at,
    a.application_id, null, a.origin, null
  from torque.audited_calls a;

comment on view torque.audit_log is 'Who did what, when: the change feeds of all applications, and audited calls.';
