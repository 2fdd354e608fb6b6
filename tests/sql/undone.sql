-- A deploy that broke off after its last switch goes all the way back.

-- deploy: evolving evolving_1.json
do $story$
declare
  v_model      jsonb := (select v.model_json from torque.model_versions v join torque.models m on m.id = v.model_id
    where m.name = 'evolving');
  v_deployment uuid;
  v_statement  text;
  v_before     text;
begin
  insert into evolving.item (title) values ('before');
  select string_agg(relname, ' ' order by relname) into v_before
  from pg_class where relnamespace in ('evolving'::regnamespace, 'evolving_data'::regnamespace);
  perform set_config('role', torque.role('owner'), false);
  v_model := jsonb_set(v_model, '{entities,0,properties,0,unique}', 'true');
  v_model := jsonb_set(v_model, '{entities,0,properties,0,name}', '"heading"');
  v_model := jsonb_insert(v_model, '{entities,0,properties,0}',
    '{"id": "n", "key": "n", "name": "n", "indexed": true, "property_type": {"type": "Integer"}}');
  v_model := jsonb_set(v_model, '{entities,1}', '{"id": "fresh", "key": "fresh", "name": "Fresh", "properties": [
    {"id": "item", "key": "item", "name": "item", "property_type": {"type": "Reference", "target_entity": "item"}}]}');
  v_model := jsonb_set(v_model, '{relationships}', '[{"id": "pairs", "key": "pairs", "kind": "many_to_many",
    "source_entity": "item", "target_entity": "fresh"}]');
  reset role;
  v_deployment := story.publish('evolving', v_model);
  perform set_config('role', torque.role('owner'), false);
  for v_statement in
    select statement from torque.deploy_steps
    where deployment_id = v_deployment and statement !~ 'finish_deploy' order by ordinal
  loop
    execute v_statement;
  end loop;
  insert into evolving.item (heading, n) values ('by the new version', 1);
  perform story.refusal('insert into evolving.item (heading) values (''before'')', '23505');
  perform torque.undo_deploy(v_deployment);
  reset role;

  insert into evolving.item (title) values ('before');
  perform story.errors('insert into evolving_data.entity_item (data) values (''{"n": 2}'')', 'n:unknown');
  insert into evolving.old (x) values ('is back');
  delete from evolving.item;
  perform story.same((select string_agg(relname, ' ' order by relname) from pg_class
    where relnamespace in ('evolving'::regnamespace, 'evolving_data'::regnamespace)), v_before, 'tables, views and indexes');
  perform story.same((select count(*) from torque.relationships r join torque.applications a on a.id = r.application_id
    where a.slug = 'evolving'), 0::bigint, 'relationships');
end
$story$;
