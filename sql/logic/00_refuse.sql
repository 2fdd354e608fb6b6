-- How the database says no, and how it knows who asks.
--
-- Every refusal is an SQLSTATE of class TQ with a message for the caller and
-- facts as JSON in DETAIL: TQ400 malformed, TQ403 not allowed, TQ404 not
-- there, TQ409 something stands in the way, TQ422 values break the rules (its
-- DETAIL is an array: one object {field, code, message, …} for each of them).

-- The files are applied in order in one transaction, and a function may name one of a later file.
set local check_function_bodies = off;

create or replace function torque.refuse(code text, message text, detail jsonb default '{}')
  returns void
language plpgsql
as $$
begin
  raise exception using errcode = refuse.code, message = refuse.message,
    detail = refuse.detail::text;
end
$$;

comment on function torque.refuse(text, text,
  jsonb) is 'Raises a refusal the server knows how to translate.';

create or replace function torque.role(kind text) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select role_prefix || '_' || role.kind from torque.installation $$;

comment on function torque.role(text) is 'The name of one of this installation''s roles: owner, views, server, read, write.';

-- `torque.ctx` travels in the server's statement and ends with it. Anyone may
-- set it, so it counts only on the server's own connections: the session's
-- login cannot be changed by `set role` or by a security definer function.
-- Unset reads as '' once it was set in the session, hence the nullif.
create or replace function torque.context() returns jsonb
language plpgsql stable
as $$
begin
  if session_user = torque.role('server') then
    return nullif(current_setting('torque.ctx', true), '')::jsonb;
  end if;
  return null;
end
$$;

comment on function torque.context() is 'Caller, origin and cause of this statement as the server told them; null for everyone else.';

create or replace function torque.caller() returns text
language plpgsql stable
as $$ begin return coalesce(torque.context() ->> 'caller', session_user); end $$;

comment on function torque.caller() is 'Who writes: the server''s caller, else the login.';

-- Writes of several callers may travel in one statement (`by` in torque.ctx: entity id to context).
create or replace function torque.caller_of(entity_id uuid) returns text
language plpgsql stable
as $$
declare
  v_ctx jsonb := torque.context();
begin
  return coalesce(v_ctx #>> array['by', caller_of.entity_id::text, 'caller'], v_ctx ->> 'caller',
    session_user);
end
$$;

comment on function torque.caller_of(uuid) is 'Who writes this entity: the server''s caller, else the login.';
