-- Every name, label, message, enum value, pattern and default is hostile; everything still works.

-- deploy: hostile hostile.json

do $story$
declare
  v_h    constant text := 'o''neil "q" $$ \ %s ü';
  v_view constant text := format('hostile.%I', v_h);
  v_leaf text := (select leaf from torque.entity_types where key = v_h);
  v_id   uuid;
  v_e    text;
  v_detail jsonb;
begin
  perform story.become('write');
  foreach v_e in array array['a''b', 'c"d', 'e\f', '$$', '%s', 'ü😀', 'NULL', '{x,y}'] loop
    execute format('insert into %s (%I, %I) values ($1, $2) returning id', v_view, v_h || ' t', v_h || ' e') into v_id using 'row ' || md5(v_e), v_e;
    execute format('update %s set %I = array[''a''''b'', ''e\f''], %I = $2 where id = $1', v_view, v_h || ' m', v_h || ' r') using v_id, v_id;
  end loop;
  v_detail := story.refusal(format('insert into %s (%I) values (null)', v_view, v_h || ' t'), 'TQ422');
  perform story.same(v_detail #>> '{0,message}', 'it''s "needed" $$ \ %s', 'own words');
  perform story.same(v_detail #>> '{0,field}', v_h || ' t', 'field');
  perform story.errors(format('insert into %s (%I, %I) values (''it''''s'', ''zzz'')', v_view, v_h || ' t', v_h || ' e'), v_h || ' t:pattern', v_h || ' e:enum');
  perform story.errors(format('insert into %s (%I, %I) values (''x'', torque.uuidv7())', v_view, v_h || ' t', v_h || ' r'), v_h || ' r:reference');
  perform story.refusal(format('insert into %s (%I) values (%L)', v_view, v_h || ' t', 'row ' || md5('$$')), '23505');
  execute format('select id from hostile.%I($1, $2)', 'upsert_' || v_h) into v_id using torque.uuidv7(), jsonb_build_object(v_h || ' t', 'upserted');
  execute format('insert into hostile.%I (source_id, target_id, data) values ($1, $1, ''{"no''''te": "abc"}'')', 'l''k "$$\') using v_id;
  perform story.errors(format('insert into hostile.%I (source_id, target_id, data) values (%L, %L, ''{"no''''te": "abcdef"}'')', 'l''k "$$\', v_id, v_id), 'no''te:max_length');
  reset role;
  perform story.same(hostile_data.sequence_changes(1000), 19::bigint, 'changes');
  perform story.same(hostile_data.match_triggers(1000), 19::bigint, 'matched');
  perform story.same((select count(*) from hostile_data.xflow_executions), 9::bigint, 'executions');
  perform story.same((select count(*) from torque.audit_log where entity_type = v_h), 17::bigint + 1, 'audit log');
  perform story.become('write');
  execute format('delete from %s', v_view);
  reset role;
  perform hostile_data.sequence_changes(1000);
  perform hostile_data.fold_counters();
  perform story.same((select sum(total) from hostile_data.counters), 0::numeric, 'counters');
  -- Each index stands on the very text that the directory gives to filters.
  perform story.same((select count(*) from torque.leaf_indexes l join torque.applications a on a.id = l.application_id
    where a.slug = 'hostile' and to_regclass(format('hostile_data.%I', l.index_name)) is null), 0::bigint, 'indexes');
end
$story$;
