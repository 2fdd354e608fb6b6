-- Values of entities: their canonical forms, and the words for what is wrong with them.
--
-- Generated validators (31_validator.sql) decide the good case with one
-- boolean expression. What stands here is called when a value is not in its
-- canonical form yet, or when something is wrong and every error is to be
-- listed: throughput 0.55 of a bare insert that way, 0.23–0.32 when the
-- interpreter runs each time.

create or replace function torque.date_pattern() returns text
language sql immutable parallel safe
as $$
  select '(?:(?!0000)\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)'
      || '|02-(?:0[1-9]|1\d|2[0-8]))|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)'
$$;

comment on function torque.date_pattern() is 'Real calendar dates from 0001-01-01 to 9999-12-31 as a regular expression.';

create or replace function torque.uuid_pattern() returns text
language sql immutable parallel safe
as $$ select '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}' $$;

create or replace function torque.email_pattern() returns text
language sql immutable parallel safe
as $$ select '^[^@[:space:]<>()"]+@[^@[:space:].<>()"]+([.][^@[:space:].<>()"]+)+$' $$;

create or replace function torque.url_pattern() returns text
language sql immutable parallel safe
as $$ select '^(https?://[^[:space:]/?#@"<>\\]+([/?#][^[:space:]"<>\\]*)?|mailto:[^@[:space:]"<>]+@[^@[:space:]"<>]+)$' $$;

comment on function torque.url_pattern() is 'http, https and mailto only: other schemes run code or leak when someone clicks them.';

create or replace function torque.without_nulls(data jsonb) returns jsonb
language sql immutable parallel safe
as $$
  select coalesce(jsonb_object_agg(key, value), '{}')
  from jsonb_each(without_nulls.data)
  where jsonb_typeof(value) <> 'null'
$$;

comment on function torque.without_nulls(jsonb) is
  'The object without its own null members. Nulls deeper inside a Json property stay as they were given.';

-- Each canonical_… returns its argument unchanged when it cannot be understood: the check that
-- follows then says why.

create or replace function torque.datetime_text(at timestamptz) returns text
language sql stable parallel safe
as $$
  select case
    when datetime_text.at >= '0001-01-01 00:00:00+00'
      and datetime_text.at < '10000-01-01 00:00:00+00'
    then to_char(datetime_text.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    else datetime_text.at::text  -- infinity, BC: left for the validator to refuse
  end
$$;

comment on function torque.datetime_text(timestamptz) is
  'The one form of an instant in data and on the wire: UTC, six fraction digits, Z. Its text order is its time order.';

create or replace function torque.canonical_datetime(value jsonb, zone text) returns jsonb
language plpgsql stable parallel safe
as $$
declare
  v_text text := canonical_datetime.value #>> '{}';
  v_at   timestamptz;
begin
  if jsonb_typeof(canonical_datetime.value) <> 'string'
     or (v_text collate "C") !~ ('^' || torque.date_pattern()
       || '[Tt ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.]\d{1,9})?)?(?:[Zz]|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?$') then
    return canonical_datetime.value;
  end if;
  -- Without an offset the text is a wall clock: the application's.
  if substr(v_text, 12) ~ '[Zz+-]' then
    v_at := v_text::timestamptz;
  else
    v_at := v_text::timestamp at time zone canonical_datetime.zone;
  end if;
  if v_at < '0001-01-01 00:00:00+00' or v_at >= '10000-01-01 00:00:00+00' then
    return canonical_datetime.value;
  end if;
  return to_jsonb(torque.datetime_text(v_at));
end
$$;

comment on function torque.canonical_datetime(jsonb, text) is
  'An ISO 8601 instant in the canonical form; without an offset it is read in the application''s time zone.';

create or replace function torque.canonical_decimal(value jsonb, scale integer) returns jsonb
language plpgsql immutable parallel safe
as $$
declare
  v_number numeric;
begin
  case jsonb_typeof(canonical_decimal.value)
    when 'number' then
      v_number := canonical_decimal.value::numeric;
      -- 9 kB of 1e131071 would become 131 MB as text: compared, never printed.
      if v_number not between -1e100 and 1e100 then
        return canonical_decimal.value;
      end if;
    when 'string' then
      if ((canonical_decimal.value #>> '{}') collate "C") !~ '^[+-]?(\d{1,100}([.]\d{0,100})?|[.]\d{1,100})$' then
        return canonical_decimal.value;
      end if;
      v_number := (canonical_decimal.value #>> '{}')::numeric;
    else
      return canonical_decimal.value;
  end case;
  if round(v_number, canonical_decimal.scale) <> v_number then
    return canonical_decimal.value;
  end if;
  return to_jsonb(round(v_number, canonical_decimal.scale)::text);
end
$$;

comment on function torque.canonical_decimal(jsonb,
  integer) is 'An exact decimal as text at its declared scale; never rounded.';

create or replace function torque.canonical_integer(value jsonb) returns jsonb
language sql immutable parallel safe
as $$
  select case
    when jsonb_typeof(canonical_integer.value) = 'number'
     and canonical_integer.value::numeric between -9007199254740991 and 9007199254740991
     and trunc(canonical_integer.value::numeric) = canonical_integer.value::numeric
    then to_jsonb(trunc(canonical_integer.value::numeric))
    else canonical_integer.value
  end
$$;

comment on function torque.canonical_integer(jsonb) is '5.0 is 5: an index expression reads the text as bigint.';

create or replace function torque.canonical_choices(value jsonb) returns jsonb
language sql immutable parallel safe
as $$
  select case
    when jsonb_typeof(canonical_choices.value) = 'array' then (
      select coalesce(jsonb_agg(chosen.element order by chosen.first), '[]')
      from (
        select element, min(ordinal) as first
        from jsonb_array_elements(canonical_choices.value) with ordinality as each(element, ordinal)
        group by element
      ) chosen)
    else canonical_choices.value
  end
$$;

comment on function torque.canonical_choices(jsonb) is 'A MultiEnum with each value once, in the order they were first given.';

create or replace function torque.to_text_array(value jsonb) returns text[]
language sql immutable parallel safe
as $$
  select case
    when jsonb_typeof(to_text_array.value) = 'array'
    then array(select jsonb_array_elements_text(to_text_array.value))
  end
$$;

comment on function torque.to_text_array(jsonb) is 'A MultiEnum as typed views show it.';

-- What a Json value breaks of the limits every document has; null when nothing.
create or replace function torque.json_problem(value jsonb) returns text
language sql immutable parallel safe
as $$
  select case
    when jsonb_typeof(json_problem.value) in ('string', 'boolean') then null
    when json_problem.value @? 'strict $.** ? (@.type() == "number" && (@ > 1e308 || @ < -1e308))'
      or json_problem.value @? 'strict $.** ? (@.type() == "number" && @ > -1e-308 && @ < 1e-308 && @ != 0)'
      then 'number'
    when json_problem.value @? 'strict $.**{63}' then 'depth'
    when json_problem.value @? 'strict $.** ? (@.type() == "array" && @.size() > 10000)' then 'size'
    when pg_column_size(json_problem.value) > 1024 and exists (
      select from jsonb_path_query(json_problem.value,
        'strict $.** ? (@.type() == "object")') as inner_object
      where (select count(*) from jsonb_object_keys(inner_object)) > 256) then 'size'
  end
$$;

comment on function torque.json_problem(jsonb) is
  'number (not finite as a double), depth (over 64), size (over 256 keys or 10,000 elements), or null.';
