-- What stories say: run once before each of them, by whoever runs it.

create schema if not exists story;

-- The statement is refused with this SQLSTATE; returns the DETAIL as JSON.
create or replace function story.refusal(statement text, expected text) returns jsonb
language plpgsql
as $$
declare
  v_state  text;
  v_detail text;
  v_text   text;
begin
  begin
    execute statement;
  exception when others then
    get stacked diagnostics v_state = returned_sqlstate, v_detail = pg_exception_detail, v_text = message_text;
  end;
  if v_state is null then
    raise exception 'accepted, but should be refused with %: %', expected, statement;
  elsif v_state <> expected then
    raise exception 'refused with % (%), expected %: %', v_state, v_text, expected, statement;
  end if;
  return case when v_state like 'TQ%' then nullif(v_detail, '')::jsonb end;
end
$$;

-- The statement is refused with TQ422 and exactly these errors, as `field:code`, in order of their text.
create or replace function story.errors(statement text, variadic expected text[]) returns void
language plpgsql
as $$
declare
  v_found text[];
begin
  select array_agg((e ->> 'field') || ':' || (e ->> 'code') order by (e ->> 'field') || ':' || (e ->> 'code'))
  into v_found
  from jsonb_array_elements(story.refusal(statement, 'TQ422')) as e;
  if v_found is distinct from (select array_agg(x order by x) from unnest(expected) as x) then
    raise exception 'errors % instead of % for %', v_found, expected, statement;
  end if;
end
$$;

create or replace function story.same(actual anyelement, expected anyelement, what text) returns void
language plpgsql
as $$
begin
  if actual is distinct from expected then
    raise exception '%: found %, expected %', what, actual, expected;
  end if;
end
$$;

create or replace function story.become(kind text) returns void
language plpgsql
as $$
begin
  perform set_config('role', 'none', false);
  perform set_config('role', torque.role(kind), false);
end
$$;

-- Publishes a model as it stands and plans its deploy.
create or replace function story.publish(slug text, model jsonb) returns uuid
language plpgsql
as $$
declare
  v_model       uuid;
  v_version     integer;
  v_application uuid;
begin
  select id into v_model from torque.models where name = publish.slug;
  if v_model is null then
    insert into torque.models (name, model_json) values (publish.slug, publish.model) returning id into v_model;
    perform torque.create_application(publish.slug, publish.slug, v_model);
  end if;
  select id into v_application from torque.applications a where a.slug = publish.slug;
  insert into torque.model_versions (model_id, version, model_json)
  select v_model, coalesce(max(version), 0) + 1, publish.model from torque.model_versions where model_id = v_model
  returning version into v_version;
  return torque.plan_deploy(v_application, v_version);
end
$$;
