-- The epoch: which life of this database a cursor belongs to.
--
-- A restored or copied database would hand out positions again. The epoch is
-- bound to the system identifier, the timeline and the database's oid; servers
-- ask at every reconnect, and any difference begins a new one.

create or replace function torque.current_epoch() returns uuid
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_fingerprint text;
  v_epoch       uuid;
  v_known       text;
  v_slug        text;
begin
  v_fingerprint := (select system_identifier from pg_control_system())::text
    || ':' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)
    || ':' || (select oid from pg_database where datname = current_database())::text;
  select epoch, fingerprint into v_epoch, v_known from torque.installation;
  if v_known = v_fingerprint then
    return v_epoch;
  end if;

  select epoch, fingerprint into v_epoch, v_known from torque.installation for update;
  if v_known = v_fingerprint then
    return v_epoch;
  end if;
  v_epoch := gen_random_uuid();
  update torque.installation set epoch = v_epoch, fingerprint = v_fingerprint;
  -- A snapshot counts only where it was taken: from here on every transaction is newer than the
  -- last step.
  if v_known is not null then
    for v_slug in select slug from torque.applications loop
      execute format('update %1$I.feed_steps set snap = ''1:1:''
        where pos = (select max(pos) from %1$I.feed_steps)', v_slug || '_data');
    end loop;
  end if;
  return v_epoch;
end
$$;

comment on function torque.current_epoch() is 'The epoch that cursors of the change feed carry; a new one after a restore or copy.';
