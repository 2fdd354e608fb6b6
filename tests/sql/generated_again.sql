-- An older generator's functions are made again by a newer installation; nothing else changes.

-- deploy: shop shop.json
do $story$
declare
  v_application uuid := (select id from torque.applications where slug = 'shop');
  v_before text;
  v_after  text;
begin
  select string_agg(pg_get_functiondef(p.oid), '' order by p.oid::regprocedure::text) into v_before
  from pg_proc p where p.pronamespace in ('shop'::regnamespace, 'shop_data'::regnamespace);
  update torque.entity_types set generator_version = 0 where application_id = v_application;
  perform set_config('role', torque.role('owner'), false);
  perform torque.apply_application_logic(v_application);
  reset role;
  select string_agg(pg_get_functiondef(p.oid), '' order by p.oid::regprocedure::text) into v_after
  from pg_proc p where p.pronamespace in ('shop'::regnamespace, 'shop_data'::regnamespace);
  perform story.same(md5(v_after), md5(v_before), 'the same functions');
  perform story.same((select min(generator_version) from torque.entity_types where application_id = v_application),
    torque.generator_version(), 'recorded');
  perform story.become('write');
  insert into shop.customer (name) values ('Ada');
  perform story.errors('insert into shop.customer (name) values (null)', 'name:required');
end
$story$;
