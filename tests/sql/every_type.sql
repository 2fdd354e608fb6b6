-- Each property type: its canonical form, its SQL type, and every way to get it wrong.

-- deploy: types types.json
select story.become('write');

do $story$
declare
  v_row  types.thing;
  v_data jsonb;
begin
  insert into types.thing (title, count, price, whole, tags, day, moment, token, extra, mail, site)
  values ('abc', 5, 1.5, 7, '{b,a,b}', '2024-02-29', '2026-01-31 10:00:00.1+01', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
    '{"a": null, "n": 1e5}', 'a@b.example', 'https://b.example/x?y=1#z')
  returning * into v_row;
  perform story.same(v_row.price, 1.50, 'price');
  perform story.same(v_row.tags, '{b,a}'::text[], 'tags');
  perform story.same(v_row.flag, false, 'default of flag');
  perform story.same(v_row.state, 'new', 'default of state');
  perform story.same(v_row.moment, '2026-01-31 09:00:00.1+00'::timestamptz, 'moment');
  perform story.same(v_row.author, session_user::text, 'author');
  perform story.same(v_row.version, 1::bigint, 'version');
  perform set_config('story.id', v_row.id::text, false);
end
$story$;
reset role;

do $story$
declare
  v_data jsonb := (select data from types_data.entity_thing);
begin
  perform story.same(v_data ->> 'moment', '2026-01-31T09:00:00.100000Z', 'stored moment');
  perform story.same(v_data -> 'price', '"1.50"'::jsonb, 'stored price');
  perform story.same(v_data -> 'whole', '"7"'::jsonb, 'stored whole');
  perform story.same(v_data ->> 'token', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'stored token');
  perform story.same(v_data -> 'extra', '{"a": null, "n": 100000}'::jsonb, 'stored Json');
  perform story.same(v_data ? 'body', false, 'absent is not stored');
end
$story$;

-- Written as documents, the way the server writes.
create function story.put(data text) returns text language sql as
$$ select format('insert into types_data.entity_thing (data) values (%L)', data) $$;

do $story$
declare
  v_each text;
begin
  perform story.errors(story.put('{}'), 'title:required');
  perform story.errors(story.put('{"title": null}'), 'title:required');
  perform story.errors(story.put('[]'), ':type');
  perform story.errors(story.put('"x"'), ':type');
  perform story.errors(story.put('{"title": 5}'), 'title:type');
  perform story.errors(story.put('{"title": "a"}'), 'title:min_length');
  perform story.errors(story.put('{"title": ""}'), 'title:min_length', 'title:pattern');
  perform story.errors(story.put('{"title": "ABCDEFGHIJKL"}'), 'title:max_length', 'title:pattern');
  perform story.errors(story.put('{"title": "abc\ndef"}'), 'title:pattern');
  perform story.errors(story.put('{"title": "abc", "nope": 1, "also": null}'), 'nope:unknown');
  perform story.errors(story.put('{"title": "abc", "id": "x", "version": 7}'), 'id:unknown', 'version:unknown');
  foreach v_each in array array['a', 'a@b', '@b.c', 'a b@c.d', 'a@b..c', 'a@b.c@d.e'] loop
    perform story.errors(story.put(jsonb_build_object('title', 'abc', 'mail', v_each)::text), 'mail:email');
  end loop;
  foreach v_each in array array['javascript:alert(1)', 'http://', 'ftp://x', '//x', 'https://a b', 'data:text/html,x'] loop
    perform story.errors(story.put(jsonb_build_object('title', 'abc', 'site', v_each)::text), 'site:url');
  end loop;
  perform story.errors(story.put('{"title": "abc", "count": "5"}'), 'count:type');
  perform story.errors(story.put('{"title": "abc", "count": 5.5}'), 'count:type');
  perform story.errors(story.put('{"title": "abc", "count": -1}'), 'count:min');
  perform story.errors(story.put('{"title": "abc", "count": 101}'), 'count:max');
  perform story.errors(story.put('{"title": "abc", "count": 9007199254740992}'), 'count:number');
  perform story.errors(story.put('{"title": "abc", "count": 1e131071}'), 'count:number');
  perform story.errors(story.put('{"title": "abc", "price": 1e131071}'), 'price:number');
  perform story.errors(story.put('{"title": "abc", "price": "1.005"}'), 'price:precision');
  perform story.errors(story.put('{"title": "abc", "price": "NaN"}'), 'price:type');
  perform story.errors(story.put('{"title": "abc", "price": "1e2"}'), 'price:type');
  perform story.errors(story.put('{"title": "abc", "price": true}'), 'price:type');
  perform story.errors(story.put('{"title": "abc", "price": "-5.01"}'), 'price:min');
  perform story.errors(story.put('{"title": "abc", "price": "1000.51"}'), 'price:max');
  perform story.errors(story.put('{"title": "abc", "flag": "true"}'), 'flag:type');
  perform story.errors(story.put('{"title": "abc", "state": "neither"}'), 'state:enum');
  perform story.errors(story.put('{"title": "abc", "state": 1}'), 'state:type');
  perform story.errors(story.put('{"title": "abc", "tags": "a"}'), 'tags:type');
  perform story.errors(story.put('{"title": "abc", "tags": ["a", "z"]}'), 'tags:enum');
  perform story.errors(story.put('{"title": "abc", "tags": [["a"]]}'), 'tags:enum');
  perform story.errors(story.put('{"title": "abc", "tags": [1]}'), 'tags:enum');
  foreach v_each in array array['2026-02-29', '2026-13-01', '2026-1-1', '0000-01-01', '2026-04-31', 'today', '2026-01-01T00:00:00Z', '1900-02-29'] loop
    perform story.errors(story.put(jsonb_build_object('title', 'abc', 'day', v_each)::text), 'day:date');
  end loop;
  foreach v_each in array array['2026-02-29T00:00:00Z', '2026-01-01', '2026-01-01T24:00:00Z', '2026-01-01T00:60:00Z', 'now',
    'infinity', '2026-01-01T00:00:60Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-01:00', '2026-01-01T00:00:00 Europe/Berlin'] loop
    perform story.errors(story.put(jsonb_build_object('title', 'abc', 'moment', v_each)::text), 'moment:datetime');
  end loop;
  perform story.errors(story.put('{"title": "abc", "moment": 5}'), 'moment:type');
  perform story.errors(story.put('{"title": "abc", "token": "zz"}'), 'token:uuid');
  perform story.errors(story.put('{"title": "abc", "extra": [1e400]}'), 'extra:number');
  perform story.errors(story.put('{"title": "abc", "extra": {"a": [-1e131071]}}'), 'extra:number');
  perform story.errors(story.put('{"title": "abc", "extra": 1e-400}'), 'extra:number');
  perform story.errors(story.put('{"title": "abc", "extra": ' || repeat('[', 64) || repeat(']', 64) || '}'), 'extra:depth');
  perform story.errors(story.put(jsonb_build_object('title', 'abc', 'extra', (select jsonb_agg(i) from generate_series(1, 10001) i))::text), 'extra:size');
  perform story.errors(story.put(jsonb_build_object('title', 'abc', 'extra', (select jsonb_object_agg(i, i) from generate_series(1, 257) i))::text), 'extra:size');
  perform story.errors(story.put(jsonb_build_object('title', 'abc', 'body', repeat('x', 262145))::text), ':size');
  -- All of them, not the first.
  perform story.errors(story.put('{"count": 101, "price": "x", "day": "x", "state": "x", "zzz": 1}'),
    'count:max', 'day:date', 'price:type', 'state:enum', 'title:required', 'zzz:unknown');
  perform story.refusal(story.put('{"title": "a\u0000b"}'), '22P05');
end
$story$;

-- Good ones, in forms that are made canonical.
do $story$
declare
  v_id uuid;
  v_in text;
  v_out text;
begin
  insert into types_data.entity_thing (data) values ('{"title": "ok"}') returning id into v_id;
  for v_in, v_out in values
    ('2026-06-01T12:00', '2026-06-01T10:00:00.000000Z'),           -- the application's zone
    ('2026-01-01T12:00:00', '2026-01-01T11:00:00.000000Z'),
    ('2026-01-01 12:00:00+0530', '2026-01-01T06:30:00.000000Z'),
    ('2026-01-01t12:00:00.123456789z', '2026-01-01T12:00:00.123457Z'),
    ('2024-02-29T23:59:59-14', '2024-03-01T13:59:59.000000Z')
  loop
    update types_data.entity_thing set data = data || jsonb_build_object('moment', v_in) where id = v_id;
    perform story.same((select data ->> 'moment' from types_data.entity_thing where id = v_id), v_out, v_in);
  end loop;
  for v_in, v_out in values ('5', '"5.00"'), ('"005.1"', '"5.10"'), ('"-0"', '"0.00"'), ('".5"', '"0.50"'), ('1.10', '"1.10"'), ('"+3."', '"3.00"') loop
    update types_data.entity_thing set data = data || jsonb_build_object('price', v_in::jsonb) where id = v_id;
    perform story.same((select (data -> 'price')::text from types_data.entity_thing where id = v_id), v_out, v_in);
  end loop;
  update types_data.entity_thing set data = data || '{"count": 5.0}' where id = v_id;
  perform story.same((select (data -> 'count')::text from types_data.entity_thing where id = v_id), '5', '5.0 is 5');
  update types_data.entity_thing set data = data || jsonb_build_object('extra', (repeat('[', 62) || repeat(']', 62))::jsonb) where id = v_id;
  -- A shallow merge; null clears; what changes nothing is no change.
  update types_data.entity_thing set data = data || '{"extra": {"x": null}, "count": null}' where id = v_id;
  perform story.same((select data -> 'extra' from types_data.entity_thing where id = v_id), '{"x": null}'::jsonb, 'inner null');
  perform story.same((select data ? 'count' from types_data.entity_thing where id = v_id), false, 'cleared');
end
$story$;

-- What nobody may set.
do $story$
declare
  v_row types_data.entity_thing;
  v_new types_data.entity_thing;
begin
  insert into types_data.entity_thing (application_id, entity_type_id, data, version, created_at, updated_at)
  values (torque.uuidv7(), 99, '{"title": "forged"}', 50, '2000-01-01', '2000-01-01') returning * into v_row;
  perform story.same(v_row.version, 1::bigint, 'version');
  perform story.same(v_row.created_at, now(), 'created_at');
  perform story.same(v_row.entity_type_id, (select id from torque.entity_types where leaf = 'types_data.entity_thing'), 'type');
  update types_data.entity_thing set version = 90, created_at = '2000-01-01', data = data || '{"count": 1}' where id = v_row.id
  returning * into v_new;
  perform story.same(v_new.version, 2::bigint, 'version after update');
  perform story.same(v_new.created_at, v_row.created_at, 'created_at after update');
  update types_data.entity_thing set data = data || '{"count": 1.0}', version = 77 where id = v_row.id returning * into v_new;
  perform story.same(v_new.version, 2::bigint, 'a no-op keeps the version');
  perform story.errors(format('update types_data.entity_thing set id = torque.uuidv7() where id = %L', v_row.id), 'id:read_only');
  perform story.errors('insert into types.thing (title, version) values (''abc'', 5)', 'version:read_only');
  perform story.errors(format('update types.thing set created_at = now() - interval ''1 day'', id = torque.uuidv7() where id = %L', v_row.id),
    'created_at:read_only', 'id:read_only');
end
$story$;

-- The parent only gathers.
do $story$
begin
  perform story.refusal('insert into torque.entities (application_id, entity_type_id) values (torque.uuidv7(), 1)', 'TQ403');
  perform story.refusal('delete from torque.entities', 'TQ403');
  perform story.same((select count(*) > 0 from torque.entities), true, 'gathered');
end
$story$;
