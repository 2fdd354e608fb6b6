-- A change makes one execution for each trigger; a faulty trigger is switched off alone.

-- deploy: shop shop.json

do $story$
declare
  v_fault jsonb;
begin
  insert into shop_data.entity_label (data) values ('{"text": "blue"}'), ('{"text": "green"}');
  update shop_data.entity_label set data = data || '{"text": "red"}';
  update shop_data.entity_label set data = data || '{"text": "red"}';
  delete from shop_data.entity_label;
  perform story.same(shop_data.sequence_changes(1000), 7::bigint, 'a deploy, two creates, two updates, two deletes');
  perform story.same(shop_data.match_triggers(1000), 7::bigint, 'read');
  perform story.same(shop_data.match_triggers(1000), 0::bigint, 'read once');
  perform story.same((select array_agg(trigger_type order by trigger_type) from shop_data.xflow_executions),
    array['OnCreate', 'OnCreate', 'OnUpdate', 'OnUpdate'], 'executions');
  select fault into v_fault from shop_data.xflow_triggers where not enabled;
  perform story.same(v_fault ->> 'pos', '2', 'the change at which it failed');
  perform story.same((select count(*) from shop_data.trigger_firings), 4::bigint, 'firings');
  -- Read again from the start, nothing fires twice.
  perform shop_data.match_range(0, 100, null);
  perform story.same((select count(*) from shop_data.xflow_executions), 4::bigint, 'no doubles');
end
$story$;
