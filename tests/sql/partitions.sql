-- The clock moves thirteen months: partitions are there before it, and old ones go in time.

do $story$
declare
  v_at     timestamptz := now();
  v_result jsonb;
begin
  for v_month in 1..13 loop
    v_at := v_at + interval '1 month';
    v_result := torque.maintain_partitions(v_at);
    perform story.same(v_result -> 'faults', '[]'::jsonb, 'faults');
    perform story.same(v_result ->> 'made' <> '0', true, 'made in month ' || v_month);
    insert into torque.performance_metrics (metric_type, metric_name, metric_value, recorded_at) values ('x', 'x', 1, v_at);
    insert into torque.audited_calls (at, operation, caller, origin) values (v_at, 'signIn', 'x', 'sql');
    insert into todo_list_data.changes (pos, at, txn, last, kind, op) values (1000000 + v_month, v_at, '5', true, 'model', 'deploy');
  end loop;
  perform story.same((torque.maintain_partitions(v_at)) ->> 'made', '0', 'a second time');
  update torque.applications set config = config || '{"history_retention_days": 60}' where slug = 'todo_list';
  v_result := torque.maintain_partitions(v_at);
  perform story.same((v_result ->> 'dropped')::integer > 8, true, 'dropped');
  perform story.same((select min(at) > v_at - interval '3 months' from todo_list_data.changes), true, 'what is kept');
  perform torque.drop_application((select id from torque.applications where slug = 'todo_list'));
  perform story.same(to_regnamespace('todo_list_data') is null, true, 'dropped application');
end
$story$;
