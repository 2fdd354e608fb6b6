-- The feed of one application: rollbacks, cut transactions, truncation, counters, caller and cause.

do $story$
begin
  perform todo_list_data.sequence_changes(1000);
  begin
    insert into todo_list.todo (label) values ('never');
    raise exception using errcode = 'TQ400';
  exception when sqlstate 'TQ400' then null;
  end;
  perform story.same(todo_list_data.sequence_changes(1000), 0::bigint, 'rolled back');
end
$story$;

insert into todo_list_data.entity_todo (data) select jsonb_build_object('label', 'n' || i) from generate_series(1, 10) i;

do $story$
declare
  v_head bigint := (select max(pos) from todo_list_data.changes);
begin
  perform story.same(todo_list_data.sequence_changes(4), 4::bigint, 'first cut');
  perform story.same((select bool_or(last) from todo_list_data.changes where pos > v_head), false, 'a cut transaction has no end yet');
  perform todo_list_data.sequence_changes(4);
  perform todo_list_data.sequence_changes(4);
  perform story.same((select array_agg(pos - v_head order by pos) from todo_list_data.changes where pos > v_head and last), array[10::bigint], 'its end');
  perform story.same((select max(pos) - v_head from todo_list_data.changes), 10::bigint, 'dense');
  perform todo_list_data.fold_counters();
  perform story.same((select sum(total) from todo_list_data.counters), (select count(*)::numeric from todo_list.todo), 'counter');
end
$story$;

truncate todo_list_data.entity_todo;
do $story$
begin
  perform todo_list_data.sequence_changes(1000);
  perform todo_list_data.fold_counters();
  perform story.same((select sum(total) from todo_list_data.counters), 0::numeric, 'counter after truncate');
  perform story.same((select op from todo_list_data.changes order by pos desc limit 1), 'truncate', 'truncate');
  -- Only the server's login is believed about who asks.
  perform set_config('torque.ctx', '{"caller": "forged", "origin": "jsonrpc"}', true);
  insert into todo_list.todo (label) values ('x');
  perform todo_list_data.sequence_changes(1000);
  perform story.same((select caller || ' ' || origin from todo_list_data.changes order by pos desc limit 1), session_user || ' sql', 'caller');
end
$story$;

-- People meet views and nothing else.
do $story$
begin
  perform story.become('read');
  perform story.same((select count(*) > 0 from todo_list.todo), true, 'readable');
  perform story.refusal('insert into todo_list.todo (label) values (''x'')', '42501');
  perform story.refusal('select * from todo_list_data.entity_todo', '42501');
  perform story.refusal('select * from torque.models', '42501');
  perform story.become('write');
  perform story.refusal('select * from todo_list_data.entity_todo', '42501');
  perform story.refusal('insert into todo_list_data.outbox (op) values (''create'')', '42501');
  perform story.refusal('select todo_list_data.sequence_changes(1)', '42501');
  perform story.become('server');
  perform story.refusal('select torque.drop_application(torque.uuidv7())', '42501');
  perform story.refusal('truncate todo_list_data.entity_todo', '42501');
  perform story.refusal('delete from todo_list_data.changes', '42501');
  perform story.refusal('select * from torque.entities', '42501');
  reset role;
end
$story$;
