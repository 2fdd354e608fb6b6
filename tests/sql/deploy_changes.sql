-- A second version adds, renames, removes and retypes what the first one holds data for.

-- deploy: evolving evolving_1.json
insert into evolving_data.entity_item (data)
select jsonb_build_object('title', 'item ' || i, 'amount', i::text, 'gone', i, 'rate', '1.25') from generate_series(1, 2500) i;
insert into evolving.old (x) values ('kept');
create view public.dependent as select title, kind from evolving.item;

-- refused: evolving evolving_2.json
do $story$
begin
  perform story.same((select error is null from torque.deployments where state = 'undone'), true, 'undone');
  insert into evolving.item (title, amount) values ('still the first version', 'not a number');
  delete from evolving.item where amount = 'not a number';
  perform story.same(to_regclass('evolving_data.entity_fresh') is null, true, 'what it had prepared is gone');
end
$story$;
drop view public.dependent;

-- deploy: evolving evolving_2.json
do $story$
declare
  v_id uuid;
begin
  perform story.same((select model_version from torque.applications where slug = 'evolving'), 3, 'live version');
  perform story.same((select count(*) from evolving.article where amount between 1 and 2500 and added = 'x' and kind = 'c' and heading like 'item %'), 2500::bigint, 'rows as the new version sees them');
  perform story.same((select count(*) from evolving_data.entity_item where data -> 'rate' = '"1.250"' and jsonb_typeof(data -> 'amount') = 'number'), 2500::bigint, 'written anew');
  perform story.same((select count(*) from evolving_data.entity_item where data ? 'gone'), 2500::bigint, 'a removed property keeps its values');
  perform story.same(to_regclass('evolving.old') is null, true, 'view of the removed type');
  perform story.same((select count(*) from evolving_data.entity_old), 1::bigint, 'its entities');
  perform story.same(evolving_data.sequence_changes(100000) > 0, true, 'sequenced');
  perform story.same((select count(*) from evolving_data.changes where kind = 'model'), 2::bigint, 'deploys in the feed');
  perform story.errors('insert into evolving_data.entity_item (data) values (''{"title": "z", "gone": 1}'')', 'gone:unknown');
  perform story.errors('insert into evolving.article (kind) values (''a'')', 'heading:required');
  perform story.refusal('insert into evolving.article (heading) values (''item 7'')', '23505');
  update evolving.article set amount = 0 where heading = 'item 1' returning id into v_id;
  insert into evolving.fresh (article) values (v_id);
  perform story.refusal(format('delete from evolving.article where id = %L', v_id), 'TQ409');
end
$story$;

create view public.dependent as select heading, kind from evolving.article;

-- deploy: evolving evolving_3.json
do $story$
begin
  perform story.same((select count(*) from public.dependent where heading like 'item %' and kind = 'c'), 2500::bigint, 'what depends on the view follows its properties');
  perform story.same((select count(*) from evolving.article where headline like 'item %' and kind = 'x' and added = 'c'), 2500::bigint, 'two names swapped');
  perform story.same((select count(*) from evolving.article where rate is null), 2500::bigint, 'a removed property is a typed null');
end
$story$;

-- refused: evolving evolving_refused.json
do $story$
begin
  perform story.same((select model_version from torque.applications where slug = 'evolving'), 4, 'still the fourth');
  perform story.same((select state from torque.deployments order by created_at desc limit 1), 'undone', 'undone');
  -- The guard is gone: what the third version forbids is allowed.
  insert into evolving.article (headline, amount) values ('longer than ten', 5);
end
$story$;
