-- References are checked, deletes follow their rules, links have their own changes.

-- deploy: shop shop.json

do $story$
declare
  v_ada uuid; v_bob uuid; v_id uuid; v_label uuid; v_root uuid; v_detail jsonb;
begin
  perform story.become('write');
  insert into shop.customer (name) values ('Ada') returning id into v_ada;
  insert into shop.customer (name) values ('Bob') returning id into v_bob;
  perform story.errors('insert into shop.purchase (customer) values (torque.uuidv7())', 'customer:reference');
  perform story.errors('insert into shop.purchase (note) values (''x'')', 'customer:required');
  insert into shop.purchase (customer, note) values (v_ada, 'n') returning id into v_id;
  insert into shop.address (customer, city) values (v_bob, 'Bern'), (v_bob, 'Basel');
  insert into shop.visit (customer, at) values (v_bob, now());
  insert into shop.passport (customer) values (v_bob);
  perform story.refusal(format('insert into shop.passport (customer) values (%L)', v_bob), '23505');

  v_detail := story.refusal(format('delete from shop.customer where id = %L', v_ada), 'TQ409');
  perform story.same(v_detail ->> 'count', '1', 'restricting entities');
  perform story.same(v_detail ->> 'entity_type', 'purchase', 'who restricts');
  delete from shop.customer where id = v_bob;
  perform story.same((select count(*) from shop.address), 0::bigint, 'cascaded');
  perform story.same((select count(*) from shop.passport), 0::bigint, 'cascaded one to one');
  perform story.same((select count(*) from shop.visit where customer is null), 1::bigint, 'set null');

  insert into shop.folder (title) values ('root') returning id into v_root;
  insert into shop.folder (title, parent) values ('child', v_root) returning id into v_root;
  insert into shop.folder (title, parent) values ('grandchild', v_root);
  delete from shop.folder where title = 'root';
  perform story.same((select count(*) from shop.folder), 0::bigint, 'a tree');

  insert into shop.label (text) values ('blue') returning id into v_label;
  insert into shop.purchase_labels (source_id, target_id, data) values (v_id, v_label, '{"weight": 3}');
  insert into shop.customer_labels (source_id, target_id) values (v_ada, v_label);
  perform story.errors(format('insert into shop.purchase_labels (source_id, target_id, data) values (%L, %L, ''{"weight": 0, "x": 1}'')', v_id, v_label),
    'weight:min', 'x:unknown');
  perform story.errors(format('insert into shop.purchase_labels (source_id, target_id) values (%L, torque.uuidv7())', v_id),
    'target_id:reference');
  perform story.refusal(format('delete from shop.label where id = %L', v_label), 'TQ409');
  reset role;
  perform story.same((select count(*) from torque.entity_relationships), 3::bigint, 'relationships to be read');
  perform story.same((select relationship_data from torque.entity_relationships where relationship_type = 'purchase_labels'), '{"weight": 3}'::jsonb, 'link data');
  delete from shop_data.link_customer_labels;
  delete from shop_data.entity_label where id = v_label;
  perform story.same((select count(*) from shop_data.link_purchase_labels), 0::bigint, 'links of what is gone');
  perform shop_data.sequence_changes(1000);
  perform story.same((select array_agg(op order by pos) from shop_data.changes where kind = 'link'), array['link', 'link', 'unlink', 'unlink'], 'link changes');
end
$story$;

-- Under a snapshot of its own a check would see the past.
-- then
begin isolation level repeatable read;
do $story$ begin
  perform story.refusal(format('insert into shop_data.entity_purchase (data) values (jsonb_build_object(''customer'', (select id from shop_data.entity_customer limit 1)))'), 'TQ409');
  perform story.refusal('delete from shop_data.entity_customer', 'TQ409');
end $story$;
commit;
